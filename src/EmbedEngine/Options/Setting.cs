using System.Text.Json;

namespace EmbedEngine;

/// <summary>
/// One setting of a training run: all that is known of it but where it is used. Immutable; <see
/// cref="SettingTable"/> lists them.
/// </summary>
public sealed class Setting
{
    internal Setting()
    {
    }

    /// <summary>Its name, snake_case: the same in C, CLI, Python and manifests.</summary>
    public string Name { get; internal init; } = "";

    /// <summary>What it is about, such as <c>item2vec</c>.</summary>
    public string Part { get; internal init; } = "";

    /// <summary>What its value is.</summary>
    public SettingKind Kind { get; internal init; }

    /// <summary>Type of its value in .NET.</summary>
    public Type ValueType { get; internal init; } = typeof(object);

    /// <summary>Its values in words, such as <c>1 to 4096</c>.</summary>
    public string Range { get; internal init; } = "";

    /// <summary>What it does, in one sentence.</summary>
    public string Doc { get; internal init; } = "";

    /// <summary>Name of its property of <see cref="TrainOptions"/>: the name in Pascal case.</summary>
    public string PropertyName => string.Concat(
        Name.Split('_').Select(word => char.ToUpperInvariant(word[0]) + word[1..]));

    /// <summary>What differs from the record's own default.</summary>
    internal object? Fast { get; init; }

    internal object? Best { get; init; }

    /// <summary>The value a text stands for, of any range; null where it stands for none.</summary>
    internal Func<string, object?> Parse { get; init; } = null!;

    internal Func<object, bool> Holds { get; init; } = null!;

    internal Func<TrainSettings, object> Read { get; init; } = null!;

    internal Func<TrainSettings, object, TrainSettings> Write { get; init; } = null!;

    /// <summary>The value in the record that holds it; null for another record.</summary>
    internal Func<object, object?> ReadPart { get; init; } = null!;

    /// <summary>The value a preset takes, as text: empty for an empty list.</summary>
    public string DefaultOf(TrainPreset preset) => SettingValues.Text(Read(TrainSettings.Of(preset)));

    /// <summary>The value of a text.</summary>
    /// <exception cref="ArgumentException">Names the setting, the text and the range.</exception>
    internal object ValueOf(string text)
    {
        string what = Kind switch
        {
            SettingKind.Whole => "a whole number, ",
            SettingKind.Real => "a number, ",
            _ => "",
        };
        object value = Parse(text)
            ?? throw new ArgumentException($"setting {Name}: '{text}' is not {what}{Range}", Name);
        Check(value, Name);
        return value;
    }

    /// <summary>Throws when a value is out of range.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Names the setting, the range and the value.</exception>
    internal void Check(object value, string parameter)
    {
        if (!Holds(value))
            throw new ArgumentOutOfRangeException(
                parameter, $"setting {Name} must be {Range}, not {SettingValues.Text(value)}");
    }

    /// <summary>Writes a value as JSON's own kind: number, boolean, string or array.</summary>
    internal static void WriteValue(Utf8JsonWriter json, object value)
    {
        switch (value)
        {
            case int n: json.WriteNumberValue(n); break;
            case double x: json.WriteNumberValue(x); break;
            case bool on: json.WriteBooleanValue(on); break;
            case string text: json.WriteStringValue(text); break;
            case Enum: json.WriteStringValue(SettingValues.Text(value)); break;
            default:
                json.WriteStartArray();
                foreach (object one in (System.Collections.IEnumerable)value) WriteValue(json, one);
                json.WriteEndArray();
                break;
        }
    }
}
