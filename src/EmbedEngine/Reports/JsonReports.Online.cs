// JSON of experiments and of what came of recorded answers.

using System.Runtime.CompilerServices;
using System.Text.Json;

namespace EmbedEngine;

/// <content>Experiments and recorded answers.</content>
public static partial class JsonReports
{
    /// <summary>Fields of an experiment; <c>arms</c> is empty where none runs.</summary>
    public static void WriteFields(Utf8JsonWriter json, Experiment? experiment)
    {
        Text(json, "salt", experiment?.Salt);
        WriteNumber(json, "since_ms", experiment?.SinceMs);
        json.WriteStartArray("arms");
        foreach (ExperimentArm arm in experiment?.Arms ?? [])
        {
            json.WriteStartObject();
            Text(json, "arm", arm.Name);
            Text(json, "alias", arm.Alias);
            Number(json, "version", arm.Version);
            Number(json, "share", arm.Share);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    /// <summary>Fields of what came of recorded answers.</summary>
    public static void WriteFields(Utf8JsonWriter json, OnlineReport report)
    {
        Number(json, "since_ms", report.SinceMs);
        Number(json, "until_ms", report.UntilMs);
        Number(json, "window_ms", report.WindowMs);
        json.WriteStartArray("arms");
        foreach (OnlineArm arm in report.Arms)
        {
            json.WriteStartObject();
            Text(json, "arm", arm.Name);
            Number(json, "answers", arm.Answers);
            Number(json, "users", arm.Users);
            Number(json, "clicks", arm.Clicks);
            Number(json, "conversions", arm.Conversions);
            Number(json, "buyers", arm.Buyers);
            WriteMeasured(json, "ctr", arm.Ctr);
            WriteMeasured(json, "conversion", arm.Conversion);
            WriteMeasured(json, "user_conversion", arm.UserConversion);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteStartArray("compared");
        foreach (OnlineComparison pair in report.Comparisons)
        {
            json.WriteStartObject();
            Text(json, "arm", pair.Arm);
            Text(json, "with", pair.With);
            WriteDifference(json, "ctr", pair.Ctr);
            WriteDifference(json, "conversion", pair.Conversion);
            WriteDifference(json, "user_conversion", pair.UserConversion);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        if (report.SampleRatioP is { } p) Number(json, "sample_ratio_p", p);
        else json.WriteNull("sample_ratio_p");
        json.WriteBoolean("sample_ratio_alarm", report.SampleRatioAlarm);
        Number(json, "moved_users", report.MovedUsers);
        Number(json, "unmatched_outcomes", report.UnmatchedOutcomes);
        Number(json, "late_outcomes", report.LateOutcomes);
        Number(json, "other_items", report.OtherItems);
    }

    /// <summary>How what became of an answer's id is written.</summary>
    public static string NameOf(RequestLink link) => link switch
    {
        RequestLink.Taken => "taken",
        RequestLink.Malformed => "malformed",
        RequestLink.Unknown => "unknown",
        RequestLink.Expired => "expired",
        _ => "not_written",
    };

    // Not inlined some forty times over.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Number(Utf8JsonWriter json, string name, double number) =>
        json.WriteNumber(name, number);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Text(Utf8JsonWriter json, string name, string? text) => json.WriteString(name, text);

    private static void WriteMeasured(Utf8JsonWriter json, string name, Measured measured)
    {
        Number(json, name, measured.Value);
        json.WriteStartArray(name + "_ci");
        json.WriteNumberValue(measured.Low);
        json.WriteNumberValue(measured.High);
        json.WriteEndArray();
    }

    private static void WriteDifference(Utf8JsonWriter json, string name, OnlineDifference difference)
    {
        json.WriteStartObject(name);
        WriteMeasured(json, "difference", difference.Difference);
        Number(json, "lift", difference.Lift);
        Number(json, "p", difference.P);
        json.WriteBoolean("alarm", difference.Alarm);
        Number(json, "detectable", difference.Detectable);
        Text(json, "not_judged", difference.NotJudged);
        json.WriteEndObject();
    }
}
