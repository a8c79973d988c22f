namespace PosTenancy.Engine.Statements.Source;

/// <content>Variables: what they hold, and how that is used.</content>
internal sealed partial class SourceReading
{
    /// <summary>The variable of a loop hides one of the same name.</summary>
    private void Hide(SourceTokens tokens, int loop, int body)
    {
        if (!ReferenceEquals(tokens, _tokens) || !(tokens.Is(loop, "for") || tokens.Is(loop, "foreach")))
        {
            return;
        }

        // In PHP the variable comes last.
        int end = body > loop + 1 ? body : Math.Min(loop + 12, tokens.Count);
        bool isHidden = _language.Kind != LanguageKind.Php;
        for (int i = loop + 1; i < end; i++)
        {
            if (tokens.Is(i, "as"))
            {
                isHidden = true;
            }
            else if (tokens.Is(i, "in") || tokens.Is(i, "of") || tokens.Is(i, ";") || tokens.Is(i, "{") || tokens.Is(i, ":="))
            {
                return;
            }
            else if (isHidden && tokens.IsKind(i, SourceTokenKind.Word))
            {
                Hide(tokens.Text(i));
            }
        }
    }

    /// <summary>The parameters of a lambda or a block hide variables of the same name.</summary>
    private void HideParameters(SourceTokens tokens, int from, int end)
    {
        if (!ReferenceEquals(tokens, _tokens))
        {
            return;
        }

        bool isArrow = tokens.Is(end, "=>") ? _language.Kind is LanguageKind.JavaScript or LanguageKind.CSharp
            : tokens.Is(end, "->") && _language.Kind is LanguageKind.Java or LanguageKind.Kotlin;
        if (isArrow && end > 0)
        {
            int first = tokens.Match(end - 1) is var open and >= 0 && open < end ? open + 1 : end - 1;
            HideWords(tokens, first, end);
        }

        if (_language.Kind is LanguageKind.Ruby or LanguageKind.Rust && tokens.Is(from, "|"))
        {
            HideWords(tokens, from + 1, Math.Min(from + 12, tokens.Count));
        }
    }

    private void HideWords(SourceTokens tokens, int from, int to)
    {
        for (int i = from; i < to && !tokens.Is(i, "|"); i++)
        {
            if (tokens.IsKind(i, SourceTokenKind.Word))
            {
                Hide(tokens.Text(i));
            }
        }
    }

    private void Hide(string name)
    {
        if (Find(name) is { } hidden)
        {
            SourceVariable variable = _variables.Declare(name, _block, isExported: false, hidden.Position);
            _variables.Assign(variable, [Unknown(variable)], _block, isCertain: true);
        }
    }

    /// <summary>The values of a variable or constant where it is used.</summary>
    private IReadOnlyList<TextValue>? Resolve(string name)
    {
        if (Find(name) is { } variable)
        {
            TextValue[] values = [.. _variables.Visible(variable, _block).Select(s => s.Value)];
            return values.Length > 0 ? values : null;
        }

        return Constant(name);
    }

    private SourceVariable? Find(string name) => _variables.Find(name, _block, _token, End);

    /// <summary>A constant that is declared further down, in a block around this one.</summary>
    private IReadOnlyList<TextValue>? Constant(string name)
    {
        if (!_assigned.TryGetValue(name, out int index) || index < _token || _variables.IsParameter(name) ||
            _blocks[_blocks.Of(index)].IsInFunction || !_blocks.Contains(_blocks.Of(index), _block))
        {
            return null;
        }

        if (!_constantValues.TryGetValue(name, out IReadOnlyList<TextValue>? values))
        {
            // Null while it is being read: a constant made of itself has no text.
            _constantValues[name] = null;
            int end = ValueEnd(_tokens, index + 1, _tokens.Count, _language.EndsAtLineBreak);
            values = new ExpressionReader(_language, Resolve, IsAssigned).Read(_tokens, index + 1, end)?.Values;
            _constantValues[name] = values;
        }

        return values;
    }

    private bool IsAssigned(string name) => _assigned.ContainsKey(name);

    /// <summary>The text of a variable is used as it is, as by a call that runs it.</summary>
    private void Run(string name)
    {
        if (Find(name) is not { } variable)
        {
            return;
        }

        foreach (VariableState state in _variables.Visible(variable, _block))
        {
            if (!state.IsUsed)
            {
                state.IsUsed = true;
                Submit([state.Value], position: variable.Position);
            }
        }
    }

    /// <summary>The texts of variables became parts of another text.</summary>
    private void Embed(IEnumerable<string> names)
    {
        foreach (string name in names)
        {
            if (Find(name) is not { } variable)
            {
                _embedded.Add(name);
                continue;
            }

            foreach (VariableState state in _variables.Visible(variable, _block))
            {
                state.IsEmbedded = true;
            }
        }
    }

    private void End(SourceVariable variable)
    {
        foreach (VariableState state in variable.States)
        {
            EndState(variable, state);
        }
    }

    /// <summary>A text that was never used in this file is used elsewhere, or by a way that is not understood.</summary>
    private void EndState(SourceVariable variable, VariableState state)
    {
        bool isPart = state.IsEmbedded || _embedded.Contains(variable.Name);
        if (!state.IsUsed && (!isPart || variable.IsExported))
        {
            state.IsUsed = true;
            Submit([state.Value], position: variable.Position);
        }
    }

    /// <summary>The variables among some tokens have values that are not known any more.</summary>
    private void Forget(SourceTokens tokens, int from, int to)
    {
        for (int i = from; i < to; i++)
        {
            if (tokens.IsKind(i, SourceTokenKind.Word))
            {
                Forget(Find(tokens.Text(i)));
            }
        }
    }

    private void Forget(SourceVariable? variable)
    {
        if (variable is null)
        {
            return;
        }

        End(variable);
        _variables.Assign(variable, [Unknown(variable)], _block, isCertain: true);
    }

    private static TextValue Unknown(SourceVariable variable) => TextValue.Of(
        new TextPiece.Hole(variable.Position, variable.Name, $"{{{variable.Name}}} is put in when the application runs"));

    private void Use(IEnumerable<int> tokens)
    {
        foreach (int token in tokens)
        {
            _used.Add(token);
        }
    }

    private bool IsAllUsed(int[] tokens) => tokens.Length > 0 && Array.TrueForAll(tokens, _used.Contains);
}
