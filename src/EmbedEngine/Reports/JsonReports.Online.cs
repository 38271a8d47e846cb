// JSON of experiments and of what came of recorded answers.

using System.Text.Json;

namespace EmbedEngine;

/// <content>Experiments and recorded answers.</content>
public static partial class JsonReports
{
    /// <summary>Fields of an experiment; <c>arms</c> is empty where none runs.</summary>
    public static void WriteFields(Utf8JsonWriter json, Experiment? experiment)
    {
        json.WriteString("salt", experiment?.Salt);
        WriteNumber(json, "since_ms", experiment?.SinceMs);
        json.WriteStartArray("arms");
        foreach (ExperimentArm arm in experiment?.Arms ?? [])
        {
            json.WriteStartObject();
            json.WriteString("arm", arm.Name);
            json.WriteString("alias", arm.Alias);
            json.WriteNumber("version", arm.Version);
            json.WriteNumber("share", arm.Share);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    /// <summary>Fields of what came of recorded answers.</summary>
    public static void WriteFields(Utf8JsonWriter json, OnlineReport report)
    {
        json.WriteNumber("since_ms", report.SinceMs);
        json.WriteNumber("until_ms", report.UntilMs);
        json.WriteNumber("window_ms", report.WindowMs);
        json.WriteStartArray("arms");
        foreach (OnlineArm arm in report.Arms)
        {
            json.WriteStartObject();
            json.WriteString("arm", arm.Name);
            json.WriteNumber("answers", arm.Answers);
            json.WriteNumber("users", arm.Users);
            json.WriteNumber("clicks", arm.Clicks);
            json.WriteNumber("conversions", arm.Conversions);
            json.WriteNumber("buyers", arm.Buyers);
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
            json.WriteString("arm", pair.Arm);
            json.WriteString("with", pair.With);
            WriteDifference(json, "ctr", pair.Ctr);
            WriteDifference(json, "conversion", pair.Conversion);
            WriteDifference(json, "user_conversion", pair.UserConversion);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        if (report.SampleRatioP is { } p) json.WriteNumber("sample_ratio_p", p);
        else json.WriteNull("sample_ratio_p");
        json.WriteBoolean("sample_ratio_alarm", report.SampleRatioAlarm);
        json.WriteNumber("moved_users", report.MovedUsers);
        json.WriteNumber("unmatched_outcomes", report.UnmatchedOutcomes);
        json.WriteNumber("late_outcomes", report.LateOutcomes);
        json.WriteNumber("other_items", report.OtherItems);
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

    private static void WriteMeasured(Utf8JsonWriter json, string name, Measured measured)
    {
        json.WriteNumber(name, measured.Value);
        json.WriteStartArray(name + "_ci");
        json.WriteNumberValue(measured.Low);
        json.WriteNumberValue(measured.High);
        json.WriteEndArray();
    }

    private static void WriteDifference(Utf8JsonWriter json, string name, OnlineDifference difference)
    {
        json.WriteStartObject(name);
        WriteMeasured(json, "difference", difference.Difference);
        json.WriteNumber("lift", difference.Lift);
        json.WriteNumber("p", difference.P);
        json.WriteBoolean("alarm", difference.Alarm);
        json.WriteNumber("detectable", difference.Detectable);
        json.WriteString("not_judged", difference.NotJudged);
        json.WriteEndObject();
    }
}
