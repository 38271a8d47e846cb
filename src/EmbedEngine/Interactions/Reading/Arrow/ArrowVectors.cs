using System.Buffers.Text;
using EmbedEngine.Interactions.Attributes;
using EmbedEngine.Numerics;

namespace EmbedEngine.Interactions.Reading.Arrow;

/// <summary>Vectors from an Arrow stream: a column of keys and one of lists of numbers.</summary>
internal static class ArrowVectors
{
    private const int PollRows = 1 << 10;

    /// <summary>Reads a stream to its end and releases it.</summary>
    /// <param name="stream">Address of a <c>struct ArrowArrayStream</c>.</param>
    /// <param name="item">Column of the keys; null finds it.</param>
    /// <param name="vectors">Column of the vectors; null = the only one of lists.</param>
    /// <param name="rows">Takes the rows.</param>
    /// <param name="progress">Takes progress, gives cancellation.</param>
    public static void Read(
        nint stream, string? item, string? vectors, VectorRows rows, ProgressScope progress)
    {
        using ArrowStream arrow = ArrowStream.Open(stream);
        ArrowField[] fields = arrow.Fields;
        int from = VectorsIn(fields, vectors), keys = KeysIn(fields, item, from);
        ArrowField list = fields[from];
        if (!list.IsList || !list.Children[0].IsNumber || list.Children[0].Dictionary is not null)
            throw list.Bad("is no column of lists of numbers");
        if (list.Kind == ArrowKind.FixedList && list.Parameter is > 0 and <= VectorFile.MaxDims)
            rows.SetDims((int)list.Parameter);
        progress.Begin("read", 0, "rows");
        var cell = new ArrowCell();
        float[] vector = [];
        long line = 0;
        while (arrow.Next())
        {
            ArrowColumn keyColumn = arrow.Column(keys), listColumn = arrow.Column(from);
            for (int row = 0; row < arrow.Rows; row++)
            {
                line++;
                Add(line, row, keyColumn, listColumn, cell, ref vector, rows);
                progress.Add(1);
                if (row % PollRows == 0) progress.Poll();
            }
        }
        progress.End();
    }

    private static void Add(
        long line, long row, ArrowColumn keys, ArrowColumn lists, ArrowCell cell, ref float[] vector,
        VectorRows rows)
    {
        long at = row;
        if (lists.Resolve(ref at) is null)
        {
            rows.Reject(line, "no vector");
            return;
        }
        (long from, long to) = lists.Range(at);
        if (to - from > VectorFile.MaxDims)
        {
            rows.Reject(line, $"more than {VectorFile.MaxDims} numbers");
            return;
        }
        int count = (int)(to - from);
        if (vector.Length < count) vector = new float[count];
        for (int i = 0; i < count; i++)
        {
            long element = from + i;
            vector[i] = lists.Elements!.Resolve(ref element) is { } numbers
                ? (float)numbers.Number(element) : float.NaN;
        }
        ReadOnlySpan<byte> key = cell.Read(keys, row, out RawKind kind);
        if (kind == RawKind.Null) rows.Reject(line, "no item key");
        else rows.Add(line, key, vector.AsSpan(0, count));
    }

    private static int VectorsIn(ArrowField[] fields, string? named)
    {
        if (named is not null)
            return ColumnMap.Find(
                [.. fields.Select(f => f.Name)], named, "--vectors-column", default, "(arrow)");
        int[] lists = [.. Enumerable.Range(0, fields.Length).Where(c => fields[c].IsVector)];
        return lists.Length == 1 ? lists[0] : throw new EmbedEngineException(
            ErrorCode.BadInput,
            $"(arrow): {lists.Length} columns hold lists of numbers: name one with --vectors-column; the "
            + $"columns are: {string.Join(", ", fields.Select(f => f.Name).Take(40))}");
    }

    private static int KeysIn(ArrowField[] fields, string? named, int vectors)
    {
        int found = ColumnMap.Find(
            [.. fields.Select(f => f.Name)], named, "--item", ColumnMap.CatalogueItemNames, "(arrow)");
        if (found < 0 && fields.Length == 2) found = 1 - vectors;
        if (found < 0 || found == vectors)
            throw new EmbedEngineException(
                ErrorCode.BadInput, "(arrow): no item column found: name it with --item; the columns are: "
                + string.Join(", ", fields.Select(f => f.Name).Take(40)));
        ArrowField field = fields[found];
        return field.Values.IsInteger || field.Values.IsText ? found
            : throw field.Bad("is the item column and holds neither integers nor texts");
    }
}
