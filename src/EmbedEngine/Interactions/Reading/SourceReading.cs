// Source -> format -> reader -> (sorter -> grouper) -> assembler -> sink. Shared by imports and test files.

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
        using InputFile input = InputFile.Open(source.Path);
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
            var reader = new DelimitedReader(context, lines, format);
            done = Grouped(reader.Header, reader.GroupKeys, makeSink, reader.Read);
        }
        if (source.Path != "-") Fingerprint = input.Fingerprint;
        return done;
    }

    /// <summary>JSON begins with a brace; everything else is taken for columns.</summary>
    private static EventFormat Detect(ReadOnlySpan<byte> head)
    {
        ReadOnlySpan<byte> text = head.TrimStart(" \t\r\n"u8);
        // Both JSONL shapes have one parser, which tells them apart by their properties.
        return !text.IsEmpty && text[0] == (byte)'{' ? EventFormat.Sessions : EventFormat.Csv;
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
