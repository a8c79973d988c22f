using System.Globalization;
using System.Management.Automation;

namespace PosTenancy.Commands;

/// <summary>
/// Accepts a time in seconds, as users type it: without this PowerShell reads the number 10 as ten ticks, a millionth of a
/// second.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SecondsAttribute : ArgumentTransformationAttribute
{
    private const double Longest = 86400;

    /// <summary>Whether the engine refuses what is out of range, with an id of its own: any such time is then brought to it.</summary>
    public bool IsJudgedByEngine { get; set; }

    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        object value = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        return value switch
        {
            TimeSpan time => FromSeconds(time.TotalSeconds),
            byte or sbyte or short or ushort or int or uint or long or ulong or float or double or decimal => FromSeconds(
                Convert.ToDouble(value, CultureInfo.InvariantCulture)),
            string text when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double seconds) => FromSeconds(
                seconds),
            _ => inputData,
        };
    }

    private TimeSpan FromSeconds(double seconds) => seconds switch
    {
        >= 0 and <= Longest => TimeSpan.FromSeconds(seconds),
        _ when IsJudgedByEngine => TimeSpan.FromSeconds(seconds > Longest ? Longest + 1 : -1),
        _ => throw new ArgumentTransformationMetadataException("A time must be between 0 and 86400 seconds."),
    };
}
