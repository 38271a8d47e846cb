// The one JSON shape of every report: command line, C interface and Python print what this writes. Fields are
// added, never renamed.

using System.Text;
using System.Text.Json;
using EmbedEngine.Evaluation;
using EmbedEngine.Interactions.Keys;
using EmbedEngine.Pipelines.Replay;

namespace EmbedEngine;

/// <summary>Writes the fields of reports into a JSON object that the caller has begun and ends.</summary>
public static class JsonReports
{
    /// <summary>Fields of an import.</summary>
    public static void WriteFields(Utf8JsonWriter json, ImportReport report)
    {
        json.WriteNumber("events", report.Events);
        json.WriteNumber("sessions", report.Sessions);
        json.WriteNumber("items", report.Items);
        json.WriteNumber("rejected", report.Rejected);
        WriteErrors(json, report.FirstErrors);
        json.WriteNumber("seconds", Math.Round(report.Seconds, 3));
        json.WriteNumber("short_sessions", report.ShortSessions);
        json.WriteNumber("long_sessions", report.LongSessions);
        json.WriteNumber("robot_sessions", report.RobotSessions);
        json.WriteNumber("duplicate_events", report.DuplicateEvents);
        json.WriteNumber("mixed_sessions", report.MixedSessions);
        json.WriteNumber("adopted_events", report.AdoptedEvents);
        json.WriteNumber("unfit_events", report.UnfitEvents);
        json.WriteStartObject("events_by_action");
        foreach ((string action, long count) in report.EventsByAction) json.WriteNumber(action, count);
        json.WriteEndObject();
        json.WriteString("source_fingerprint", report.SourceFingerprint);
        json.WriteStartObject("columns");
        foreach ((string role, string column) in report.Columns) json.WriteString(role, column);
        json.WriteEndObject();
        WriteTexts(json, "unused_columns", report.UnusedColumns);
        json.WriteString("key_kind", NameOf(report.ItemKeys));
        json.WriteString("time_unit", report.TimeUnit switch
        {
            TimeUnit.Seconds => "s",
            TimeUnit.Milliseconds => "ms",
            TimeUnit.Iso => "iso",
            _ => null,
        });
        WriteNumber(json, "first_ms", report.FirstMs);
        WriteNumber(json, "last_ms", report.LastMs);
        json.WriteStartObject("unknown_actions");
        foreach ((string action, long count) in report.UnknownActions) json.WriteNumber(action, count);
        json.WriteEndObject();
        WriteTexts(json, "warnings", report.Warnings);
    }

    /// <summary>Fields of an import of a catalogue.</summary>
    public static void WriteFields(Utf8JsonWriter json, CatalogReport report)
    {
        json.WriteNumber("items", report.Items);
        json.WriteNumber("new_items", report.NewItems);
        json.WriteStartArray("attributes");
        WriteValues(json, report.Attributes);
        json.WriteEndArray();
        json.WriteNumber("rejected", report.Rejected);
        WriteErrors(json, report.FirstErrors);
        json.WriteNumber("seconds", Math.Round(report.Seconds, 3));
        json.WriteStartObject("columns");
        foreach ((string attribute, string column) in report.Columns) json.WriteString(attribute, column);
        json.WriteEndObject();
        json.WriteString("key_kind", NameOf(report.ItemKeys));
        WriteTexts(json, "warnings", report.Warnings);
    }

    /// <summary>Elements of an array of attributes.</summary>
    public static void WriteValues(Utf8JsonWriter json, IReadOnlyList<AttributeInfo> attributes)
    {
        foreach (AttributeInfo attribute in attributes)
        {
            json.WriteStartObject();
            json.WriteString("name", attribute.Name);
            json.WriteString("type", NameOf(attribute.Type));
            json.WriteNumber("filled", attribute.Filled);
            json.WriteNumber("values", attribute.Values);
            json.WriteEndObject();
        }
    }

    /// <summary>How a type of attributes is written: text, number, bool, time, tags.</summary>
    public static string NameOf(AttributeType type) =>
        Interactions.Attributes.AttributeDefinition.NameOf(type);

    /// <summary>Fields of an import of vectors.</summary>
    public static void WriteFields(Utf8JsonWriter json, VectorImportReport report)
    {
        json.WriteNumber("version", report.Version);
        json.WriteString("space", report.Space);
        json.WriteNumber("dimensions", report.Dimensions);
        json.WriteNumber("items", report.Items);
        json.WriteNumber("missing", report.Missing);
        json.WriteNumber("waiting", report.Waiting);
        json.WriteNumber("new_items", report.NewItems);
        json.WriteNumber("unknown", report.Unknown);
        json.WriteNumber("rejected", report.Rejected);
        WriteErrors(json, report.FirstErrors);
    }

    /// <summary>Fields of an evaluation but its sources.</summary>
    public static void WriteFields(Utf8JsonWriter json, EvaluationReport report) =>
        ReportJson.WriteHead(json, report);

    /// <summary>One field a source, each an object of its metrics.</summary>
    public static void WriteSources(Utf8JsonWriter json, EvaluationReport report) =>
        ReportJson.WriteSources(json, report);

    /// <summary>An array of recorded evaluations.</summary>
    public static void WriteValue(Utf8JsonWriter json, IReadOnlyList<RecordedEvaluation> evaluations) =>
        ReportJson.Write(json, evaluations);

    /// <summary>Fields of a replayed session.</summary>
    public static void WriteFields(Utf8JsonWriter json, InspectReport report)
    {
        json.WriteString("session", report.Session);
        json.WriteString("file", report.File);
        json.WriteBoolean("trained", report.Trained);
        json.WriteNumber("version", report.Version);
        json.WriteString("source", report.Source);
        json.WriteString("served_source", report.ServedSource);
        json.WriteNumber("depth", report.Depth);
        json.WriteStartArray("steps");
        foreach (InspectStep step in report.Steps) InspectJson.Write(json, step);
        json.WriteEndArray();
    }

    /// <summary>
    /// Fields of an answer, as <see cref="RequestJson.WriteAnswer(Utf8JsonWriter, Model,
    /// ReadOnlySpan{RecommendedItem}, in RecommendResult, ReadOnlySpan{RecommendReason},
    /// IReadOnlyList{IgnoredEvent}, RuleReport, IReadOnlyList{string})"/> writes it where no event was
    /// ignored.
    /// </summary>
    /// <param name="json">Where they go.</param>
    /// <param name="model">The version that answered.</param>
    /// <param name="items">The items answered.</param>
    /// <param name="answer">What <see cref="Model.Recommend"/> returned.</param>
    /// <param name="reasons">What <see cref="Model.Explain"/> gave for the items; empty = not asked.</param>
    public static void WriteFields(
        Utf8JsonWriter json, Model model, ReadOnlySpan<RecommendedItem> items, in RecommendResult answer,
        ReadOnlySpan<RecommendReason> reasons = default) =>
        RequestJson.WriteAnswer(json, model, items, answer, reasons);

    /// <summary>A fallback as people read it.</summary>
    /// <param name="fallback">What answered.</param>
    /// <param name="by"><see cref="RecommendRules.FallbackBy"/> of the request; null = none.</param>
    public static string NameOf(Fallback fallback, IReadOnlyList<string>? by = null) => fallback switch
    {
        >= Fallback.Attribute when fallback - Fallback.Attribute is int at && at < by?.Count => by[at],
        >= Fallback.Attribute => "attribute",
        Fallback.EmptySession => "popularity: the session is empty",
        Fallback.UnknownItems => "popularity: no item of the session is known",
        Fallback.NoCandidates => "popularity: the source had no candidates",
        Fallback.Session => "session",
        Fallback.Category => "category",
        Fallback.Action => "action",
        Fallback.Centroid => "centroid",
        Fallback.Popularity => "popularity",
        Fallback.Brand => "brand",
        _ => "none",
    };

    /// <summary>The one spelling of a kind of user vector.</summary>
    public static string NameOf(UserVectorKind kind) => SettingValues.Text(kind);

    /// <summary>Fields of a user's profile; the vector by its shape, its numbers are for programs.</summary>
    public static void WriteFields(Utf8JsonWriter json, UserProfile profile)
    {
        WriteUser(json, profile.User, profile.UserKeys);
        json.WriteNumber("events", profile.Events);
        if (profile.Vector.Length == 0)
        {
            json.WriteNull("vector");
        }
        else
        {
            json.WriteStartObject("vector");
            json.WriteNumber("dim", profile.Vector.Length);
            json.WriteNumber("norm", Math.Round(Math.Sqrt(profile.Vector.Sum(x => (double)x * x)), 6));
            json.WriteNumber("version", profile.Version);
            json.WriteNumber("depends_on", profile.DependsOn);
            json.WriteString("space", profile.Space);
            json.WriteString("kind", NameOf(profile.Kind));
            json.WriteEndObject();
        }
        json.WriteStartArray("traits");
        foreach (float share in profile.Traits) json.WriteNumberValue(share);
        json.WriteEndArray();
        json.WriteString("fallback", profile.Fallback == Fallback.None ? null : NameOf(profile.Fallback));
    }

    /// <summary>Fields of a list of users.</summary>
    public static void WriteFields(Utf8JsonWriter json, SimilarUserReport report)
    {
        json.WriteStartArray("customers");
        foreach (SimilarUser user in report.Users) WriteValue(json, user, report.UserKeys);
        json.WriteEndArray();
    }

    /// <summary>Fields of a list of tokens.</summary>
    public static void WriteFields(Utf8JsonWriter json, string token, IReadOnlyList<SimilarToken> tokens)
    {
        json.WriteString("token", token);
        json.WriteStartArray("tokens");
        foreach (SimilarToken found in tokens)
        {
            json.WriteStartObject();
            json.WriteString("token", found.Token);
            json.WriteNumber("score", Math.Round(found.Score, 6));
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    /// <summary>Fields of a version's traits.</summary>
    public static void WriteFields(Utf8JsonWriter json, TraitReport report)
    {
        json.WriteNumber("k", report.Traits.Count);
        json.WriteNumber("customers", report.Customers);
        if (report.Stability is { } stability) json.WriteNumber("stability", Math.Round(stability, 6));
        else json.WriteNull("stability");
        json.WriteNumber("version", report.Version);
        json.WriteStartArray("traits");
        foreach (Trait trait in report.Traits)
        {
            json.WriteStartObject();
            json.WriteNumber("index", trait.Index);
            json.WriteString("name", trait.Name);
            json.WriteNumber("share", trait.Share);
            WriteTokens(json, "tokens", trait.Tokens);
            json.WriteStartArray("items");
            foreach (TraitItem item in trait.Items)
            {
                json.WriteStartObject();
                json.WriteString("item", item.Item);
                json.WriteString("title", item.Title);
                json.WriteNumber("share", item.Share);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            WriteTokens(json, "categories", trait.Categories);
            json.WriteStartArray("customers");
            foreach (SimilarUser user in trait.Customers) WriteValue(json, user, report.UserKeys);
            json.WriteEndArray();
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    /// <summary>Fields of a refresh.</summary>
    public static void WriteFields(Utf8JsonWriter json, RefreshReport report)
    {
        json.WriteNumber("version", report.Version);
        json.WriteNumber("parent", report.Parent);
        json.WriteNumber("new_events", report.NewEvents);
        json.WriteNumber("unknown_item_events", report.UnknownItemEvents);
        json.WriteNumber("users", report.Users);
        json.WriteStartArray("renewed");
        foreach (string name in report.Renewed) json.WriteStringValue(name);
        json.WriteEndArray();
        json.WriteNumber("seconds", Math.Round(report.Seconds, 3));
    }

    /// <summary>As items: a number where the store's keys are.</summary>
    private static void WriteUser(Utf8JsonWriter json, string user, KeyKind keys)
    {
        if (keys == KeyKind.Int64 && KeyText.TryParseInt64(Encoding.UTF8.GetBytes(user), out long number))
            json.WriteNumber("user", number);
        else json.WriteString("user", user);
    }

    private static void WriteValue(Utf8JsonWriter json, SimilarUser user, KeyKind keys)
    {
        json.WriteStartObject();
        WriteUser(json, user.User, keys);
        json.WriteNumber("score", Math.Round(user.Score, 6));
        json.WriteEndObject();
    }

    private static void WriteTokens(Utf8JsonWriter json, string name, IReadOnlyList<TraitToken> tokens)
    {
        json.WriteStartArray(name);
        foreach (TraitToken token in tokens)
        {
            json.WriteStartObject();
            json.WriteString("token", token.Token);
            json.WriteNumber("lift", token.Lift);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    /// <summary>Fields of what is in a log.</summary>
    public static void WriteFields(Utf8JsonWriter json, ExploreReport report) =>
        ExploreJson.Write(json, report);

    /// <summary>Fields of a file of recommendations.</summary>
    public static void WriteFields(Utf8JsonWriter json, RecommendFileReport report)
    {
        json.WriteString("out", report.Output);
        json.WriteNumber("version", report.Version);
        json.WriteNumber("sessions", report.Sessions);
        json.WriteNumber("rejected", report.Rejected);
        WriteErrors(json, report.FirstErrors);
        json.WriteNumber("seconds", Math.Round(report.Seconds, 3));
    }

    /// <summary>Fields of a verification.</summary>
    public static void WriteFields(Utf8JsonWriter json, VerifyReport report)
    {
        json.WriteBoolean("sound", report.Faults.Count == 0);
        json.WriteNumber("files", report.Files);
        json.WriteNumber("bytes", report.Bytes);
        json.WriteStartArray("faults");
        foreach (StoreFault fault in report.Faults)
        {
            json.WriteStartObject();
            json.WriteString("file", fault.File);
            json.WriteString("problem", fault.Problem);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    /// <summary>Fields of a collection.</summary>
    public static void WriteFields(Utf8JsonWriter json, CollectReport report)
    {
        WriteNumbers(json, "collected", report.Collected);
        WriteNumbers(json, "leased", report.Leased);
    }

    /// <summary>Fields of a compaction.</summary>
    public static void WriteFields(Utf8JsonWriter json, CompactReport report)
    {
        json.WriteNumber("segments_before", report.SegmentsBefore);
        json.WriteNumber("segments_after", report.SegmentsAfter);
        json.WriteNumber("bytes_before", report.BytesBefore);
        json.WriteNumber("bytes_after", report.BytesAfter);
        json.WriteNumber("removed_events", report.RemovedEvents);
        json.WriteNumber("removed_sessions", report.RemovedSessions);
    }

    /// <summary>Fields of a forgetting.</summary>
    public static void WriteFields(Utf8JsonWriter json, ForgetReport report)
    {
        json.WriteNumber("removed_events", report.RemovedEvents);
        json.WriteNumber("removed_sessions", report.RemovedSessions);
        WriteNumbers(json, "versions_before", report.VersionsBefore);
        json.WriteNumber("open_live_logs", report.OpenLiveLogs);
        if (report.NewVersion is { } version) json.WriteNumber("new_version", version);
        else json.WriteNull("new_version");
    }

    /// <summary>Fields of an export.</summary>
    public static void WriteFields(Utf8JsonWriter json, ExportReport report)
    {
        json.WriteNumber("version", report.Version);
        json.WriteNumber("rows", report.Rows);
        json.WriteNumber("dimensions", report.Dimensions);
        WriteTexts(json, "files", report.Files);
    }

    /// <summary>Fields of a bundle's writing.</summary>
    public static void WriteFields(Utf8JsonWriter json, BundleReport report)
    {
        json.WriteString("path", report.Path);
        json.WriteNumber("version", report.Version);
        json.WriteNumber("bytes", report.Bytes);
        WriteTexts(json, "artifacts", report.Artifacts);
    }

    /// <summary>An array of what differs between two manifests.</summary>
    public static void WriteValue(Utf8JsonWriter json, IReadOnlyList<ManifestDifference> differences)
    {
        json.WriteStartArray();
        foreach (ManifestDifference d in differences)
        {
            json.WriteStartObject();
            json.WriteString("key", d.Key);
            WriteRaw(json, "a", d.A);
            WriteRaw(json, "b", d.B);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    /// <summary>Fields of a backup.</summary>
    public static void WriteFields(Utf8JsonWriter json, BackupReport report)
    {
        json.WriteString("path", report.Path);
        json.WriteNumber("versions", report.Versions);
        json.WriteNumber("files", report.Files);
        json.WriteNumber("bytes", report.Bytes);
        json.WriteNumber("attempts", report.Attempts);
    }

    /// <summary>Fields of an upgrade.</summary>
    public static void WriteFields(Utf8JsonWriter json, UpgradeReport report)
    {
        json.WriteNumber("from", report.From);
        json.WriteNumber("to", report.To);
    }

    /// <summary>
    /// Fields of what a store holds; <paramref name="problem"/> is <see cref="Engine.Problem"/>'s message.
    /// </summary>
    /// <param name="json">Where they go.</param>
    /// <param name="info">What the store holds.</param>
    /// <param name="problem">Why the active version does not serve; null = it does.</param>
    /// <param name="servingVersion">The version that answers; 0 = none.</param>
    public static void WriteFields(
        Utf8JsonWriter json, StoreInfo info, string? problem, long servingVersion = 0)
    {
        json.WriteString("path", info.Path);
        json.WriteNumber("format", info.Format);
        json.WriteString(
            "item_keys",
            NameOf(info.ItemKeys));
        json.WriteNumber("items", info.Items);
        json.WriteNumber("users", info.Users);
        json.WriteNumber("catalogue_items", info.CatalogueItems);
        json.WriteNumber("attributes", info.Attributes);
        json.WriteNumber("events", info.Events);
        json.WriteNumber("sessions", info.Sessions);
        json.WriteNumber("imports", info.Imports);
        json.WriteNumber("segments", info.Segments);
        json.WriteNumber("log_bytes", info.LogBytes);
        json.WriteNumber("versions", info.Versions);
        json.WriteNumber("active_version", info.ActiveVersion);
        json.WriteNumber("artifact_bytes", info.ArtifactBytes);
        json.WriteNumber("serving_version", servingVersion);
        json.WriteString("problem", problem);
        json.WriteNumber("swept_orphans", info.SweptOrphans);
        json.WriteNumber("cut_bytes", info.CutBytes);
        json.WriteNumber("unfit_events", info.UnfitEvents);
        WriteTexts(json, "set_aside", info.SetAside);
        json.WriteString("last_recovery", info.LastRecovery?.ToString("O", null));
        json.WriteString("engine", EngineInfo.Version);
        json.WriteString("simd", EngineInfo.SimdLevel);
    }

    /// <summary>Fields of a comparison of versions.</summary>
    public static void WriteFields(Utf8JsonWriter json, DriftReport report) => WatchJson.Write(json, report);

    /// <summary>Fields of a store's health.</summary>
    public static void WriteFields(Utf8JsonWriter json, HealthReport report) => WatchJson.Write(json, report);

    /// <summary>The field <c>gate</c>: what was found before publish; null where it was not asked.</summary>
    public static void WriteGate(Utf8JsonWriter json, PublishGateReport? gate)
    {
        if (gate is null)
        {
            json.WriteNull("gate");
            return;
        }
        json.WriteStartObject("gate");
        WatchJson.Write(json, gate);
        json.WriteEndObject();
    }

    private static string? NameOf(KeyKind kind) => kind switch
    {
        KeyKind.Int64 => "int64",
        KeyKind.Text => "string",
        _ => null,
    };

    private static void WriteNumber(Utf8JsonWriter json, string name, long? number)
    {
        if (number is { } known) json.WriteNumber(name, known);
        else json.WriteNull(name);
    }

    private static void WriteErrors(Utf8JsonWriter json, IReadOnlyList<RejectedRow> errors)
    {
        json.WriteStartArray("first_errors");
        foreach (RejectedRow row in errors)
        {
            json.WriteStartObject();
            json.WriteString("file", row.File);
            json.WriteNumber("line", row.Line);
            json.WriteString("reason", row.Reason);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void WriteRaw(Utf8JsonWriter json, string name, string? value)
    {
        // Written anew, not copied: a manifest is indented, and every answer is one line.
        using JsonDocument document = JsonDocument.Parse(value ?? "null");
        json.WritePropertyName(name);
        document.RootElement.WriteTo(json);
    }

    private static void WriteTexts(Utf8JsonWriter json, string name, IReadOnlyList<string> texts)
    {
        json.WriteStartArray(name);
        foreach (string text in texts) json.WriteStringValue(text);
        json.WriteEndArray();
    }

    private static void WriteNumbers(Utf8JsonWriter json, string name, IReadOnlyList<long> numbers)
    {
        json.WriteStartArray(name);
        foreach (long number in numbers) json.WriteNumberValue(number);
        json.WriteEndArray();
    }
}
