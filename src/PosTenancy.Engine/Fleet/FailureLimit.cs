using System.Globalization;

namespace PosTenancy.Engine.Fleet;

/// <summary>How many stores of a rollout may fail: a number, or a part of all.</summary>
public sealed class FailureLimit
{
    private readonly double _number;
    private readonly bool _isPercent;

    private FailureLimit(double number, bool isPercent)
    {
        _number = number;
        _isPercent = isPercent;
    }

    /// <summary>One store in ten.</summary>
    public static FailureLimit Default { get; } = new(10, isPercent: true);

    /// <summary>Reads a limit.</summary>
    /// <param name="text">A number of stores such as <c>20</c>, or a percentage such as <c>5%</c>.</param>
    /// <returns>The limit; <see langword="null"/> if the text is neither.</returns>
    public static FailureLimit? Parse(string text)
    {
        string number = text.Trim();
        bool isPercent = number.EndsWith("%", StringComparison.Ordinal);
        if (isPercent)
        {
            return double.TryParse(number.TrimEnd('%'), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double percent) &&
                percent <= 100
                ? new FailureLimit(percent, isPercent)
                : null;
        }

        return int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out int count)
            ? new FailureLimit(count, isPercent)
            : null;
    }

    /// <summary>The largest number of failures that does not stop the rollout.</summary>
    /// <param name="stores">How many stores there are.</param>
    public int Of(int stores) => _isPercent ? (int)Math.Floor(stores * _number / 100) : (int)_number;
}
