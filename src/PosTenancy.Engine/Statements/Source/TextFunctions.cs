namespace PosTenancy.Engine.Statements.Source;

/// <summary>What a function or method does with a text.</summary>
internal enum TextFunction
{
    /// <summary>Nothing is known of it.</summary>
    None,

    /// <summary>Gives the text back.</summary>
    Same,

    /// <summary>Gives an empty text, to which others are appended.</summary>
    Empty,

    /// <summary>Removes the shared indentation.</summary>
    Dedent,

    TrimMargin,

    /// <summary>Joins its arguments.</summary>
    Concat,

    /// <summary>Joins a list with a separator.</summary>
    Join,

    /// <summary>Puts values in the place of braces.</summary>
    FormatBraces,

    /// <summary>Puts values in the place of percent signs.</summary>
    FormatPercent,

    /// <summary>Appends its arguments.</summary>
    Append,

    /// <summary>Appends its argument and a line break.</summary>
    AppendLine,

    /// <summary>Appends its arguments, formatted.</summary>
    AppendFormat,

    /// <summary>Appends a parameter.</summary>
    AppendParameter,

    /// <summary>Appends what cannot be known.</summary>
    AppendUnknown,

    /// <summary>Changes the text.</summary>
    Change,
}

/// <summary>The functions and methods of the languages that make or change texts.</summary>
internal static class TextFunctions
{
    private static readonly Dictionary<string, TextFunction> Methods = new(StringComparer.Ordinal)
    {
        ["trimIndent"] = TextFunction.Dedent,
        ["stripIndent"] = TextFunction.Dedent,
        ["strip_heredoc"] = TextFunction.Dedent,
        ["trimMargin"] = TextFunction.TrimMargin,
        ["concat"] = TextFunction.Concat,
        ["plus"] = TextFunction.Concat,
        ["append"] = TextFunction.Append,
        ["Append"] = TextFunction.Append,
        ["push_str"] = TextFunction.Append,
        ["push"] = TextFunction.Append,
        ["WriteString"] = TextFunction.Append,
        ["write"] = TextFunction.Append,
        ["Write"] = TextFunction.Append,
        ["AppendLine"] = TextFunction.AppendLine,
        ["appendLine"] = TextFunction.AppendLine,
        ["appendln"] = TextFunction.AppendLine,
        ["WriteLine"] = TextFunction.AppendLine,
        ["AppendFormat"] = TextFunction.AppendFormat,
        ["push_bind"] = TextFunction.AppendParameter,
        ["push_bind_unseparated"] = TextFunction.AppendParameter,
        ["push_values"] = TextFunction.AppendUnknown,
        ["push_tuples"] = TextFunction.AppendUnknown,
        ["separated"] = TextFunction.AppendUnknown,
        ["insert"] = TextFunction.AppendUnknown,
        ["insert_str"] = TextFunction.AppendUnknown,
        ["Insert"] = TextFunction.AppendUnknown,
        ["prepend"] = TextFunction.AppendUnknown,
        ["setLength"] = TextFunction.AppendUnknown,
        ["truncate"] = TextFunction.AppendUnknown,
        ["deleteCharAt"] = TextFunction.AppendUnknown,
        ["replace"] = TextFunction.Change,
        ["Replace"] = TextFunction.Change,
        ["replaceAll"] = TextFunction.Change,
        ["replaceFirst"] = TextFunction.Change,
        ["replacen"] = TextFunction.Change,
        ["gsub"] = TextFunction.Change,
        ["sub"] = TextFunction.Change,
        ["tr"] = TextFunction.Change,
        ["substring"] = TextFunction.Change,
        ["Substring"] = TextFunction.Change,
        ["slice"] = TextFunction.Change,
        ["split"] = TextFunction.Change,
        ["toUpperCase"] = TextFunction.Change,
        ["toLowerCase"] = TextFunction.Change,
        ["upper"] = TextFunction.Change,
        ["lower"] = TextFunction.Change,
        ["to_string"] = TextFunction.Same,
        ["to_owned"] = TextFunction.Same,
        ["into"] = TextFunction.Same,
        ["as_str"] = TextFunction.Same,
        ["as_ref"] = TextFunction.Same,
        ["clone"] = TextFunction.Same,
        ["sql"] = TextFunction.Same,
        ["String"] = TextFunction.Same,
        ["ToString"] = TextFunction.Same,
        ["toString"] = TextFunction.Same,
        ["to_s"] = TextFunction.Same,
        ["getvalue"] = TextFunction.Same,
        ["strip"] = TextFunction.Same,
        ["trim"] = TextFunction.Same,
        ["trimEnd"] = TextFunction.Same,
        ["trimStart"] = TextFunction.Same,
        ["Trim"] = TextFunction.Same,
        ["TrimEnd"] = TextFunction.Same,
        ["TrimStart"] = TextFunction.Same,
        ["freeze"] = TextFunction.Same,
        ["dup"] = TextFunction.Same,
        ["squish"] = TextFunction.Same,
        ["html_safe"] = TextFunction.Same,
        ["build"] = TextFunction.Same,
        ["into_sql"] = TextFunction.Same,
    };

    /// <summary>Functions by the last two names of their path, in lower case; a path of one name by this name.</summary>
    private static readonly Dictionary<string, TextFunction> Functions = new(StringComparer.OrdinalIgnoreCase)
    {
        ["String.from"] = TextFunction.Same,
        ["Cow.from"] = TextFunction.Same,
        ["Cow.Borrowed"] = TextFunction.Same,
        ["QueryBuilder.new"] = TextFunction.Same,
        ["StringBuilder"] = TextFunction.Same,
        ["StringBuffer"] = TextFunction.Same,
        ["io.StringIO"] = TextFunction.Same,
        ["StringIO"] = TextFunction.Same,
        ["StringIO.new"] = TextFunction.Same,
        ["String.new"] = TextFunction.Same,
        ["String"] = TextFunction.Same,
        ["Arel.sql"] = TextFunction.Same,
        ["String.with_capacity"] = TextFunction.Empty,
        ["QueryBuilder.default"] = TextFunction.Empty,
        ["dedent"] = TextFunction.Dedent,
        ["textwrap.dedent"] = TextFunction.Dedent,
        ["inspect.cleandoc"] = TextFunction.Dedent,
        ["string.Concat"] = TextFunction.Concat,
        ["string.Join"] = TextFunction.Join,
        ["strings.Join"] = TextFunction.Join,
        ["implode"] = TextFunction.Join,
        ["string.Format"] = TextFunction.FormatBraces,
        ["fmt.Sprintf"] = TextFunction.FormatPercent,
        ["sprintf"] = TextFunction.FormatPercent,
        ["Kernel.format"] = TextFunction.FormatPercent,
        ["util.format"] = TextFunction.FormatPercent,
    };

    private static readonly Dictionary<string, TextFunction> Macros = new(StringComparer.Ordinal)
    {
        ["format"] = TextFunction.FormatBraces,
        ["format_args"] = TextFunction.FormatBraces,
        ["formatcp"] = TextFunction.FormatBraces,
        ["formatdoc"] = TextFunction.FormatBraces,
        ["concat"] = TextFunction.Concat,
        ["concatcp"] = TextFunction.Concat,
        ["indoc"] = TextFunction.Dedent,
    };

    /// <summary>Tags of JavaScript templates whose values become parameters.</summary>
    public static HashSet<string> BindingTags { get; } =
        new(StringComparer.Ordinal) { "sql", "SQL", "$queryRaw", "$executeRaw", "queryRaw", "executeRaw", "prepareSql" };

    /// <summary>Methods of C# that take an interpolated text and make parameters of its values.</summary>
    public static HashSet<string> BindingMethods { get; } = new(StringComparer.Ordinal)
    {
        "FromSql", "FromSqlInterpolated", "ExecuteSql", "ExecuteSqlAsync", "ExecuteSqlInterpolated", "ExecuteSqlInterpolatedAsync",
            "SqlQuery",
    };

    /// <summary>Methods of C# that take <c>{0}</c> for a parameter.</summary>
    public static HashSet<string> IndexingMethods { get; } =
        new(StringComparer.Ordinal) { "FromSqlRaw", "ExecuteSqlRaw", "ExecuteSqlRawAsync", "SqlQueryRaw", "ExecuteSqlCommand" };

    /// <summary>Methods that append to a text, never to a list of texts.</summary>
    public static HashSet<string> Builders { get; } = new(StringComparer.Ordinal)
    {
        "Append", "AppendLine", "AppendFormat", "appendLine", "appendln", "push_str", "WriteString",
    };

    public static TextFunction Method(string name, SourceLanguage language) => name switch
    {
        "format" => language.Kind == LanguageKind.Python ? TextFunction.FormatBraces : TextFunction.FormatPercent,
        "formatted" => TextFunction.FormatPercent,
        "join" or "joinToString" => TextFunction.Join,
        _ => Methods.TryGetValue(name, out TextFunction function) ? function : TextFunction.None,
    };

    /// <summary>Functions that make a list of their arguments, by their last name.</summary>
    public static HashSet<string> Lists { get; } = new(StringComparer.Ordinal)
    {
        "listOf", "mutableListOf", "arrayListOf", "arrayOf", "asList", "array", "list", "ArrayList", "LinkedList", "List", "of", "vec",
    };

    /// <summary>Methods that append their arguments to a list.</summary>
    public static HashSet<string> ListAppends { get; } = new(StringComparer.Ordinal) { "push", "append", "add", "Add", "push_back" };

    public static TextFunction Macro(string name) => Macros.TryGetValue(name, out TextFunction function) ? function : TextFunction.None;

    /// <summary>What a function does, by the names of its path.</summary>
    public static TextFunction Function(IReadOnlyList<string> path, SourceLanguage language)
    {
        string last = path[path.Count - 1];
        string two = path.Count > 1 ? $"{path[path.Count - 2]}.{last}" : last;
        if (two is "String.format" or "string.format")
        {
            return TextFunction.FormatPercent;
        }

        if (two == "String.Format" || two == "string.Format")
        {
            return TextFunction.FormatBraces;
        }

        return last == "format" && path.Count == 1 && language.Kind is LanguageKind.Ruby ? TextFunction.FormatPercent
            : Functions.TryGetValue(two, out TextFunction function) ? function
            : TextFunction.None;
    }
}
