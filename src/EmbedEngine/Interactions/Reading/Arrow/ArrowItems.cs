using EmbedEngine.Interactions.Attributes;
using EmbedEngine.Numerics;

namespace EmbedEngine.Interactions.Reading.Arrow;

/// <summary>A catalogue from an Arrow stream: columns as a file would have written them, types as the schema
/// has them.</summary>
internal static class ArrowItems
{
    private const int PollRows = 1 << 14;

    /// <summary>Reads a stream to its end and releases it.</summary>
    /// <param name="stream">Address of a <c>struct ArrowArrayStream</c>.</param>
    /// <param name="rejects">Names the stream.</param>
    /// <param name="warnings">Takes a line for each column that is left out.</param>
    /// <param name="progress">Takes progress, gives cancellation.</param>
    public static ItemFileReader Read(
        nint stream, RejectLog rejects, List<string> warnings, ProgressScope progress)
    {
        using ArrowStream arrow = ArrowStream.Open(stream);
        progress.Begin("catalog", 0, "rows");
        var reader = ItemFileReader.OfColumns(rejects);
        var columns = new RawColumn?[arrow.Fields.Length];
        for (int c = 0; c < columns.Length; c++)
        {
            ArrowField field = arrow.Fields[c];
            if (field.Values.IsVector)
                warnings.Add($"column '{field.Name}' holds vectors, which are no attribute: it was left out; "
                    + "import vectors takes it");
            else columns[c] = reader.AddColumn(field.Name, ArrowCell.TypeOf(field));
        }
        var cell = new ArrowCell();
        while (arrow.Next())
        {
            var batch = new ArrowColumn?[columns.Length];
            for (int c = 0; c < batch.Length; c++)
                if (columns[c] is not null) batch[c] = arrow.Column(c);
            for (int row = 0; row < arrow.Rows; row++)
            {
                for (int c = 0; c < batch.Length; c++)
                {
                    if (batch[c] is not { } column) continue;
                    ReadOnlySpan<byte> text = cell.Read(column, row, out RawKind kind);
                    columns[c]!.Set(reader.Rows, kind, text);
                }
                reader.AddRow(reader.Rows + 1);
                progress.Add(1);
                if (row % PollRows == 0) progress.Poll();
            }
        }
        progress.End();
        return reader;
    }
}
