// JSON of one session a line, properties in any order, unknown ones skipped: OTTO ("events") and item lists
// ("items"). The general parser; OttoFastParser is its fast twin for lines exactly as OTTO writes them.

using System.Text.Json;

namespace EmbedEngine.Interactions.Reading;

/// <summary>Parses session lines with the framework's UTF-8 reader.</summary>
internal sealed class SessionLineParser
{
    /// <summary>
    /// How times are read; Auto while sniffing: they are only shown to <see cref="Tally"/>.
    /// </summary>
    public TimeUnit Unit { get; set; } = TimeUnit.Auto;

    /// <summary>Where dates without an offset are of; null = UTC.</summary>
    public TimeZoneInfo? Zone { get; set; }

    /// <summary>Sees every time while sniffing.</summary>
    public SniffTally? Tally { get; set; }

    /// <summary>Parses a line; false with the reason where it is not one of the two shapes.</summary>
    public bool TryParse(ReadOnlySpan<byte> line, SessionLine into, out string problem)
    {
        into.Clear();
        try
        {
            return TryParseCore(line, into, out problem);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // InvalidOperation: the reader met bytes that are not UTF-8 or half a surrogate in an escape.
            problem = e is JsonException j ? $"not JSON (byte {j.BytePositionInLine + 1} of the line)"
                : "not valid UTF-8";
            return false;
        }
    }

    private bool TryParseCore(ReadOnlySpan<byte> line, SessionLine into, out string problem)
    {
        var reader = new Utf8JsonReader(line);
        bool list = false;
        problem = "not a JSON object";
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("events"u8))
            {
                reader.Read();
                problem = "'events' is not an array of objects";
                if (reader.TokenType != JsonTokenType.StartArray || !TryEvents(ref reader, into))
                    return false;
                list = true;
            }
            else if (reader.ValueTextEquals("items"u8))
            {
                reader.Read();
                problem = "'items' is not an array of integers or strings";
                if (reader.TokenType != JsonTokenType.StartArray || !TryItems(ref reader, into)) return false;
                list = true;
            }
            else
            {
                if (!TryMember(ref reader, into, out problem)) return false;
            }
        }
        problem = "data after the JSON object";
        if (reader.Read()) return false;
        problem = "the object has neither 'events' nor 'items'";
        if (!list) return false;
        problem = "the session has no events";
        return into.Count > 0;
    }

    private static bool TryMember(ref Utf8JsonReader reader, SessionLine into, out string problem)
    {
        int which = reader.ValueTextEquals("session"u8) || reader.ValueTextEquals("session_id"u8)
            || reader.ValueTextEquals("sessionId"u8) ? 1
            : reader.ValueTextEquals("user"u8) || reader.ValueTextEquals("user_id"u8)
            || reader.ValueTextEquals("userId"u8) ? 2
            : reader.ValueTextEquals("target"u8) ? 3 : 0;
        problem = which switch
        {
            1 => "the session key is not an integer or string",
            2 => "the user key is not an integer or string",
            _ => "the target is not an integer or string",
        };
        reader.Read();
        if (which == 0 || reader.TokenType == JsonTokenType.Null)
        {
            reader.Skip();
            return true;
        }
        if (!TryText(ref reader, into, out (int, int) slice)) return false;
        if (which == 1) into.Session = slice;
        else if (which == 2) into.User = slice;
        else into.Target = slice;
        return true;
    }

    private static bool TryItems(ref Utf8JsonReader reader, SessionLine into)
    {
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (!TryText(ref reader, into, out (int, int) item)) return false;
            into.AddEvent(item, SessionLine.NoTime, default);
        }
        return true;
    }

    private bool TryEvents(ref Utf8JsonReader reader, SessionLine into)
    {
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.StartObject) return false;
            (int, int) item = default;
            (int, int) action = default;
            long time = SessionLine.NoTime;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                int which = reader.ValueTextEquals("aid"u8) || reader.ValueTextEquals("item"u8)
                    || reader.ValueTextEquals("item_id"u8) ? 1
                    : reader.ValueTextEquals("ts"u8) || reader.ValueTextEquals("time"u8)
                    || reader.ValueTextEquals("timestamp"u8) ? 2
                    : reader.ValueTextEquals("type"u8) || reader.ValueTextEquals("action"u8)
                    || reader.ValueTextEquals("event"u8) ? 3 : 0;
                reader.Read();
                if (which == 0 || reader.TokenType == JsonTokenType.Null) reader.Skip();
                else if (!TryText(ref reader, into, out (int, int) slice)) return false;
                else if (which == 1) item = slice;
                else if (which == 2) time = Time(into.Text(slice));
                else action = slice;
            }
            into.AddEvent(item, time, action);
        }
        return true;
    }

    private long Time(ReadOnlySpan<byte> text)
    {
        if (Unit != TimeUnit.Auto)
            return TimeText.TryParse(text, Unit, out long ms, Zone) ? ms : SessionLine.BadTime;
        Tally?.Time(text);
        return SessionLine.BadTime;
    }

    /// <summary>The bytes of a number or string token, escapes undone.</summary>
    private static bool TryText(ref Utf8JsonReader reader, SessionLine into, out (int, int) slice)
    {
        slice = default;
        if (reader.TokenType == JsonTokenType.Number)
        {
            reader.ValueSpan.CopyTo(into.Room(reader.ValueSpan.Length));
            slice = into.Keep(reader.ValueSpan.Length);
            return true;
        }
        if (reader.TokenType != JsonTokenType.String) return false;
        slice = into.Keep(reader.CopyString(into.Room(reader.ValueSpan.Length)));
        return true;
    }
}
