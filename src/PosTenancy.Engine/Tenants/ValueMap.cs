using SQLitePCL;
using PosTenancy.Engine.Sqlite;

namespace PosTenancy.Engine.Tenants;

/// <summary>A value that takes the place of another.</summary>
internal readonly record struct MappedValue(long? Integer, double? Real, byte[]? Text)
{
    /// <summary>The value as text.</summary>
    public override string ToString() => Text is not null ? System.Text.Encoding.UTF8.GetString(Text)
        : Integer is { } integer ? integer.ToString(System.Globalization.CultureInfo.InvariantCulture)
        : Real!.Value.ToString("R", System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Binds it to a statement.</summary>
    public void Bind(Statement statement, int parameter)
    {
        if (Integer is { } integer)
        {
            statement.BindInteger(parameter, integer);
        }
        else if (Real is { } real)
        {
            statement.BindReal(parameter, real);
        }
        else
        {
            statement.BindText(parameter, Text);
        }
    }
}

/// <summary>How the values of one column change on their way into a database, and back.</summary>
internal abstract class ValueMap
{
    /// <summary>The value to take instead.</summary>
    /// <param name="row">The row.</param>
    /// <param name="column">Index of the column.</param>
    /// <param name="isBack">Whether the row is in the database, and the original value is asked for.</param>
    /// <returns><see langword="null"/> if the value stays.</returns>
    public abstract MappedValue? Map(Row row, int column, bool isBack);

    /// <summary>Applies one rule to a value.</summary>
    protected static MappedValue? Apply(KeyRule rule, Row row, int column, bool isBack)
    {
        switch (row.Type(column))
        {
            case raw.SQLITE_INTEGER:
                long number = row.GetInt64(column);
                long moved = isBack ? rule.Back(number) : rule.Map(number);
                return moved == number ? null : new MappedValue(moved, null, null);
            case raw.SQLITE_FLOAT:
                double real = row.GetDouble(column);
                double changed = isBack ? rule.Back(real) : rule.Map(real);
                return changed.Equals(real) ? null : new MappedValue(null, changed, null);
            case raw.SQLITE_TEXT:
                ReadOnlySpan<byte> text = row.GetUtf8(column);
                return (isBack ? rule.Back(text) : rule.Map(text)) is { } other ? new MappedValue(null, null, other) : null;
            default:
                return null;
        }
    }
}

/// <summary>A column of one domain.</summary>
internal sealed class DomainMap(KeyRule rule) : ValueMap
{
    public override MappedValue? Map(Row row, int column, bool isBack) => Apply(rule, row, column, isBack);
}

/// <summary>A column whose domain depends on a word in another column.</summary>
/// <param name="typeColumn">Index of that column.</param>
/// <param name="rules">The rule for each word.</param>
internal sealed class PairMap(int typeColumn, IReadOnlyDictionary<string, KeyRule> rules) : ValueMap
{
    public override MappedValue? Map(Row row, int column, bool isBack) =>
        row.GetStringOrNull(typeColumn) is { } word && rules.TryGetValue(word, out KeyRule? rule) ? Apply(rule, row, column, isBack) : null;
}

/// <summary>A column of JSON texts.</summary>
internal sealed class JsonMap(JsonReferences references) : ValueMap
{
    public override MappedValue? Map(Row row, int column, bool isBack) =>
        row.Type(column) == raw.SQLITE_TEXT && references.Replace(row.GetUtf8(column), isBack) is { } text
            ? new MappedValue(null, null, text)
            : null;
}
