using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Planning;

/// <summary>
/// Finds the parts of a CREATE TABLE statement by the grammar of sqlite.org/lang_createtable.html. The statement comes from
/// <c>sqlite_schema</c>, so SQLite has accepted it; this reader does not guess at syntax that it does not know.
/// </summary>
internal sealed class TableDefinitionReader
{
    private readonly SqlText _sql;
    private int _next;

    private TableDefinitionReader(string sql) => _sql = new SqlText(sql);

    private bool AtListEnd => _next >= _sql.Tokens.Count || (_sql.Tokens[_next].Depth == 1 && At(',')) || AtBodyEnd;

    private bool AtBodyEnd => _next >= _sql.Tokens.Count || (_sql.Tokens[_next].Depth == 0 && At(')'));

    /// <summary>Position after the previous token.</summary>
    private int LastEnd => _sql.Tokens[_next - 1].End;

    /// <summary>The parts of a statement, or <see langword="null"/> if its syntax is not known here.</summary>
    public static TableDefinition? Read(string sql)
    {
        try
        {
            return new TableDefinitionReader(sql).Read();
        }
        catch (FormatException)
        {
            return null;
        }
    }

    /// <summary>
    /// The parts of a table's statement; <see langword="null"/> if they do not match the columns that SQLite reports.
    /// </summary>
    public static TableDefinition? Read(TableSchema table, IEnumerable<SchemaObject> objects)
    {
        string? sql = objects.First(o => o.Type == "table").Sql;
        TableDefinition? definition = sql is null ? null : Read(sql);
        return definition?.Columns.Select(c => c.Name).SequenceEqual(table.Columns.Select(c => c.Name), Identifier.Comparer) == true
            ? definition
            : null;
    }

    private TableDefinition Read()
    {
        Require("CREATE");
        Require("TABLE");
        TextSpan name = Span(
            _next,
            () =>
            {
                SkipOne();
                if (Skip('.'))
                {
                    SkipOne();
                }
            }
        );
        Require('(');
        List<ColumnDefinition> columns = [];
        while (!AtBodyEnd && !IsTableConstraint())
        {
            columns.Add(ReadColumn());
            _ = Skip(',');
        }

        List<ConstraintDefinition> constraints = [];
        while (!AtBodyEnd)
        {
            // The comma between two table constraints may be missing.
            constraints.Add(ReadTableConstraint());
            _ = Skip(',');
        }

        int end = LastEnd;
        Require(')');
        return new TableDefinition(_sql, name, columns, constraints, end);
    }

    private bool IsTableConstraint() => At("CONSTRAINT") || At("PRIMARY") || At("UNIQUE") || At("CHECK") || At("FOREIGN");

    private bool IsColumnConstraint() =>
        At("CONSTRAINT") ||
        At("PRIMARY") ||
        At("UNIQUE") ||
        At("CHECK") ||
        At("NOT") ||
        At("NULL") ||
        At("DEFAULT") ||
        At("COLLATE") ||
        At("REFERENCES") ||
        At("DEFERRABLE") ||
        At("AS") ||
        (At("GENERATED") && _sql.Is(_next + 1, "ALWAYS"));

    private ColumnDefinition ReadColumn()
    {
        int first = _next;
        SkipOne();
        string name = _sql.Name(first);
        int nameEnd = LastEnd;
        while (!AtListEnd && !IsColumnConstraint())
        {
            SkipOne();
        }

        TextSpan type = _next == first + 1 ? new TextSpan(nameEnd, nameEnd) : new TextSpan(_sql.Tokens[first + 1].Start, LastEnd);
        List<ConstraintDefinition> constraints = [];
        while (!AtListEnd)
        {
            constraints.Add(ReadColumnConstraint(name));
        }

        return new ColumnDefinition(name, type, new TextSpan(_sql.Tokens[first].Start, LastEnd), constraints);
    }

    private ConstraintDefinition ReadColumnConstraint(string column)
    {
        int first = _next;
        TextSpan title = ReadTitle();
        ConstraintKind kind = ConstraintKind.Other;
        TextSpan rest = default;
        ReferenceDefinition? reference = null;
        if (Skip("PRIMARY"))
        {
            kind = ConstraintKind.PrimaryKey;
            Require("KEY");
            rest = Span(
                _next,
                () =>
                {
                    _ = Skip("ASC") || Skip("DESC");
                    SkipOnConflict();
                    _ = Skip("AUTOINCREMENT");
                });
        }
        else if (Skip("UNIQUE"))
        {
            kind = ConstraintKind.Unique;
            rest = Span(_next, SkipOnConflict);
        }
        else if (Skip("NOT"))
        {
            if (At("DEFERRABLE"))
            {
                SkipDeferrable();
            }
            else
            {
                kind = ConstraintKind.NotNull;
                Require("NULL");
                SkipOnConflict();
            }
        }
        else if (Skip("NULL"))
        {
            kind = ConstraintKind.Null;
            SkipOnConflict();
        }
        else if (Skip("CHECK"))
        {
            kind = ConstraintKind.Check;
            SkipGroup();
        }
        else if (Skip("DEFAULT"))
        {
            kind = ConstraintKind.Default;
            _ = Skip('+') || Skip('-');
            SkipOne();
        }
        else if (Skip("COLLATE"))
        {
            SkipOne();
        }
        else if (At("REFERENCES"))
        {
            kind = ConstraintKind.References;
            reference = ReadReference();
        }
        else if (At("DEFERRABLE"))
        {
            SkipDeferrable();
        }
        else if (At("GENERATED") || At("AS"))
        {
            _ = Skip("GENERATED") && Skip("ALWAYS");
            Require("AS");
            SkipGroup();
            _ = Skip("STORED") || Skip("VIRTUAL");
        }
        else if (title.End == title.Start)
        {
            throw new FormatException();
        }

        return new ConstraintDefinition(kind, new TextSpan(_sql.Tokens[first].Start, LastEnd), column)
        {
            Title = title,
            Names = [column],
            Rest = rest,
            Reference = reference,
        };
    }

    private ConstraintDefinition ReadTableConstraint()
    {
        int first = _next;
        TextSpan title = ReadTitle();
        ConstraintKind kind = ConstraintKind.Other;
        int listStart = -1;
        IReadOnlyList<string> names = [];
        ReferenceDefinition? reference = null;
        if (At("PRIMARY") || At("UNIQUE"))
        {
            kind = At("PRIMARY") ? ConstraintKind.PrimaryKey : ConstraintKind.Unique;
            _ = Skip("PRIMARY") ? Skip("KEY") : Skip("UNIQUE");
            (listStart, names) = ReadNames();
            SkipOnConflict();
        }
        else if (Skip("CHECK"))
        {
            kind = ConstraintKind.Check;
            SkipGroup();
            SkipOnConflict();
        }
        else if (Skip("FOREIGN"))
        {
            kind = ConstraintKind.References;
            Require("KEY");
            (listStart, names) = ReadNames();
            reference = ReadReference();
        }
        else if (title.End == title.Start)
        {
            throw new FormatException();
        }

        return new ConstraintDefinition(kind, new TextSpan(_sql.Tokens[first].Start, LastEnd), Column: null)
        {
            Title = title,
            Names = names,
            ListStart = listStart,
            Reference = reference,
        };
    }

    private TextSpan ReadTitle() =>
        At("CONSTRAINT")
            ? Span(
                _next,
                () =>
                {
                    _next++;
                    SkipOne();
                })
            : default;

    private ReferenceDefinition ReadReference()
    {
        Require("REFERENCES");
        int parent = _next;
        SkipOne();
        (int listStart, IReadOnlyList<string> columns) = At('(') ? ReadNames() : (-1, []);
        TextSpan actions = Span(
            _next,
            () =>
            {
                while (true)
                {
                    if (Skip("ON"))
                    {
                        SkipOne();
                        _ = Skip("SET") || Skip("NO");
                        SkipOne();
                    }
                    else if (Skip("MATCH"))
                    {
                        SkipOne();
                    }
                    else if (At("DEFERRABLE") || (At("NOT") && _sql.Is(_next + 1, "DEFERRABLE")))
                    {
                        _ = Skip("NOT");
                        SkipDeferrable();
                    }
                    else
                    {
                        return;
                    }
                }
            }
        );
        return new ReferenceDefinition(
            _sql.Name(parent),
            new TextSpan(_sql.Tokens[parent].Start, _sql.Tokens[parent].End),
            columns,
            listStart,
            actions);
    }

    /// <summary>Reads a list in parentheses: the position before its first name, and the name that begins each part.</summary>
    private (int ListStart, IReadOnlyList<string> Names) ReadNames()
    {
        int depth = _next < _sql.Tokens.Count ? _sql.Tokens[_next].Depth : 0;
        Require('(');
        int start = LastEnd;
        List<string> names = [];
        while (_next < _sql.Tokens.Count && !(At(')') && _sql.Tokens[_next].Depth == depth))
        {
            if (names.Count == 0 || _sql.Is(_next - 1, ',') && _sql.Tokens[_next].Depth == depth + 1)
            {
                names.Add(_sql.Name(_next));
            }

            _next++;
        }

        Require(')');
        return (start, names);
    }

    private void SkipDeferrable()
    {
        Require("DEFERRABLE");
        if (Skip("INITIALLY"))
        {
            SkipOne();
        }
    }

    private void SkipOnConflict()
    {
        if (At("ON") && _sql.Is(_next + 1, "CONFLICT"))
        {
            _next += 2;
            SkipOne();
        }
    }

    private void SkipGroup()
    {
        if (!At('('))
        {
            throw new FormatException();
        }

        SkipOne();
    }

    /// <summary>Skips a token, or a parenthesized group.</summary>
    private void SkipOne()
    {
        if (AtListEnd)
        {
            throw new FormatException();
        }

        int depth = _sql.Tokens[_next].Depth;
        bool isGroup = At('(');
        _next++;
        while (isGroup && _next < _sql.Tokens.Count && !(At(')') && _sql.Tokens[_next].Depth == depth))
        {
            _next++;
        }

        if (_next >= _sql.Tokens.Count && isGroup)
        {
            throw new FormatException();
        }

        _next += isGroup ? 1 : 0;
    }

    private TextSpan Span(int first, Action read)
    {
        read();
        int start = first < _sql.Tokens.Count ? _sql.Tokens[first].Start : LastEnd;
        return _next > first ? new TextSpan(start, LastEnd) : default;
    }

    private bool At(string keyword) => _sql.Is(_next, keyword);

    private bool At(char character) => _sql.Is(_next, character);

    private bool Skip(string keyword)
    {
        bool found = At(keyword);
        _next += found ? 1 : 0;
        return found;
    }

    private bool Skip(char character)
    {
        bool found = At(character);
        _next += found ? 1 : 0;
        return found;
    }

    private void Require(string keyword)
    {
        if (!Skip(keyword))
        {
            throw new FormatException();
        }
    }

    private void Require(char character)
    {
        if (!Skip(character))
        {
            throw new FormatException();
        }
    }
}
