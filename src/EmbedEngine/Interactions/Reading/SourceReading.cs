// Source -> format -> reader -> (sorter -> grouper) -> assembler -> sink. Shared by imports and test files.

using System.Text.Json;
using EmbedEngine.Interactions.Log;
using EmbedEngine.Interactions.Sessions;
using EmbedEngine.Numerics;
using EmbedEngine.Storage;

namespace EmbedEngine.Interactions.Reading;

/// <summary>Runs the reading half of an import into any sink.</summary>
internal sealed class SourceReading(
    ImportContext context, FileSystem fs, string tempDirectory, ProgressScope progress,
    int sortCapacity = EventSorter.DefaultCapacity)
{
    /// <summary>Fingerprint of the file read; null for standard input and arrays.</summary>
    public string? Fingerprint { get; private set; }

    /// <summary>Called with each session line of a JSONL file (test files take the target from it).</summary>
    public Action<SessionLine>? OnSessionLine { get; set; }

    /// <summary>Reads the source to its end. The sink is made once the header is known.</summary>
    public SessionAssembler Run(EventSource source, Func<SegmentHeader, ISessionSink> makeSink)
    {
        if (source.ColumnData is { } columns)
        {
            progress.Begin("import", columns.Count, "events");
            var reader = new ColumnsReader(context, columns);
            return Grouped(reader.Header, reader.GroupKeys, makeSink, s => reader.Read(s, progress));
        }
        using InputFile input = InputFile.Open(source.Path, context.Options.Encoding);
        progress.Begin("import", input.Length, "bytes");
        var lines = new LineReader(input, progress);
        EventFormat format = source.Format != EventFormat.Auto ? source.Format
            : context.Options.Format != EventFormat.Auto ? context.Options.Format : Detect(lines.Ahead);
        SessionAssembler done;
        if (format is EventFormat.Otto or EventFormat.Sessions)
        {
            var reader = new SessionLineReader(context, lines) { OnSession = OnSessionLine };
            done = new SessionAssembler(makeSink(reader.Header), reader.Header);
            reader.Read(done);
            context.Rejects.Finish();
        }
        else
        {
            done = format == EventFormat.JsonLines ? ReadFlat(lines, makeSink)
                : ReadDelimited(lines, format, makeSink);
        }
        if (source.Path != "-") Fingerprint = input.Fingerprint;
        return done;
    }

    private SessionAssembler ReadDelimited(
        LineReader lines, EventFormat format, Func<SegmentHeader, ISessionSink> makeSink)
    {
        var reader = new DelimitedReader(context, lines, format);
        return Grouped(reader.Header, reader.GroupKeys, makeSink, reader.Read);
    }

    private SessionAssembler ReadFlat(LineReader lines, Func<SegmentHeader, ISessionSink> makeSink)
    {
        var reader = new FlatJsonReader(context, lines);
        return Grouped(reader.Header, reader.GroupKeys, makeSink, reader.Read);
    }

    /// <summary>JSON begins with a brace or a bracket; everything else is taken for columns.</summary>
    private static EventFormat Detect(ReadOnlySpan<byte> head)
    {
        ReadOnlySpan<byte> text = head.TrimStart(" \t\r\n"u8);
        if (text.IsEmpty || text[0] is not ((byte)'{' or (byte)'[')) return EventFormat.Csv;
        if (text[0] == (byte)'[') return EventFormat.JsonLines;
        // Both shapes of sessions have one parser, which tells them apart by their properties.
        return HoldsSession(text) ? EventFormat.Sessions : EventFormat.JsonLines;
    }

    /// <summary>
    /// Whether the first object has a list of events or items; one that is broken, or too long to see its
    /// end, is taken for a session, whose reader says what is wrong.
    /// </summary>
    private static bool HoldsSession(ReadOnlySpan<byte> text)
    {
        try
        {
            var reader = new Utf8JsonReader(text, isFinalBlock: false, default);
            reader.Read();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                bool list = reader.ValueTextEquals("events"u8) || reader.ValueTextEquals("items"u8);
                if (!reader.Read() || (list && reader.TokenType == JsonTokenType.StartArray)) return true;
                if (!reader.TrySkip()) return true;
            }
            return reader.TokenType != JsonTokenType.EndObject;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return true;
        }
    }

    private SessionAssembler Grouped(
        SegmentHeader header, KeyColumn keys, Func<SegmentHeader, ISessionSink> makeSink,
        Action<EventSorter> read)
    {
        using var sorter = new EventSorter(fs, tempDirectory, sortCapacity, progress);
        read(sorter);
        context.Rejects.Finish();
        var assembler = new SessionAssembler(makeSink(header), header);
        SessionGrouper.Run(sorter, assembler, keys, progress);
        return assembler;
    }
}
