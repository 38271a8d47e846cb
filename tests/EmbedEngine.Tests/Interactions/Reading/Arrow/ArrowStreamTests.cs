// The reader of Arrow streams against columns written down by hand, against spoiled ones, and against
// Apache.Arrow as the one who makes them: whatever comes, all that was handed over is given back once.

using System.Runtime.InteropServices;
using System.Text;
using Apache.Arrow;
using Apache.Arrow.C;
using Apache.Arrow.Ipc;
using Apache.Arrow.Types;
using EmbedEngine.Interactions.Attributes;
using EmbedEngine.Interactions.Reading.Arrow;

namespace EmbedEngine.Tests.Interactions.Reading.Arrow;

public sealed unsafe class ArrowStreamTests
{
    /// <summary>Every cell of every column, as a file would have it; null where there is none.</summary>
    private static List<string?[]> Cells(nint stream)
    {
        var rows = new List<string?[]>();
        using ArrowStream arrow = ArrowStream.Open(stream);
        var cell = new ArrowCell();
        while (arrow.Next())
        {
            ArrowColumn[] columns = [.. Enumerable.Range(0, arrow.Fields.Length).Select(arrow.Column)];
            for (int row = 0; row < arrow.Rows; row++)
            {
                var cells = new string?[columns.Length];
                for (int c = 0; c < cells.Length; c++)
                {
                    string text = Encoding.UTF8.GetString(cell.Read(columns[c], row, out RawKind kind));
                    cells[c] = kind == RawKind.Null ? null : text;
                }
                rows.Add(cells);
            }
        }
        return rows;
    }

    private static string?[] Column(params HandColumn[] columns)
    {
        using var stream = new HandStream(columns);
        string?[] cells = [.. Cells(stream.Address).Select(row => row[0])];
        Assert.True(stream.IsGivenBack);
        return cells;
    }

    private static byte[] Of<T>(params T[] values)
        where T : unmanaged => HandColumn.Of(values);

    [Fact]
    public void Numbers_OfEveryType_AreRead()
    {
        Assert.Equal(["-1", "127"], Column(new HandColumn("x", "c", 2, null, Of<sbyte>(-1, 127))));
        Assert.Equal(["255"], Column(new HandColumn("x", "C", 1, null, Of<byte>(255))));
        Assert.Equal(["-300"], Column(new HandColumn("x", "s", 1, null, Of<short>(-300))));
        Assert.Equal(["65535"], Column(new HandColumn("x", "S", 1, null, Of<ushort>(65535))));
        Assert.Equal(["-70000"], Column(new HandColumn("x", "i", 1, null, Of(-70000))));
        Assert.Equal(["4294967295"], Column(new HandColumn("x", "I", 1, null, Of(uint.MaxValue))));
        Assert.Equal(["-9223372036854775808"], Column(HandColumn.Int64("x", long.MinValue)));
        Assert.Equal(["18446744073709551615"], Column(new HandColumn("x", "L", 1, null, Of(ulong.MaxValue))));
        Assert.Equal(["0.5"], Column(new HandColumn("x", "e", 1, null, Of((Half)0.5f))));
        Assert.Equal(["19.9", null], Column(HandColumn.Float32("x", 19.9f, float.NaN)));
        Assert.Equal(["0.1"], Column(new HandColumn("x", "g", 1, null, Of(0.1))));
        Assert.Equal(["true", "false", "true"], Column(new HandColumn("x", "b", 3, null, [0b101])));
        Assert.Equal([null, null], Column(new HandColumn("x", "n", 2)));
        Assert.Equal(
            ["12.34", "-0.05", "-170141183460469231731687303715884105728"[..^2] + ".28"],
            Column(new HandColumn("x", "d:38,2", 3, null, Of<Int128>(1234, -5, Int128.MinValue))));
        Assert.Equal(["1234"], Column(new HandColumn("x", "d:10,0", 1, null, Of<Int128>(1234))));
    }

    [Fact]
    public void Times_OfEveryUnit_AreMilliseconds()
    {
        string[] expected = ["2026-01-31T12:00:00.123Z"];
        long ms = 1_769_860_800_123;
        Assert.Equal(expected, Column(new HandColumn("x", "tsm:", 1, null, Of(ms))));
        Assert.Equal(
            expected, Column(new HandColumn("x", "tsu:Europe/Berlin", 1, null, Of(ms * 1000 + 999))));
        Assert.Equal(expected, Column(new HandColumn("x", "tsn:UTC", 1, null, Of(ms * 1_000_000 + 999_999))));
        Assert.Equal(
            ["2026-01-31T12:00:00.000Z"], Column(new HandColumn("x", "tss:", 1, null, Of(ms / 1000))));
        Assert.Equal(["2026-01-31T00:00:00.000Z"], Column(new HandColumn("x", "tdD", 1, null, Of(20484))));
        Assert.Equal(expected, Column(new HandColumn("x", "tdm", 1, null, Of(ms))));
        // Before 1970, rounded down, and beyond: no times that are kept, said as they are.
        Assert.Equal(["-1 ms"], Column(new HandColumn("x", "tsu:", 1, null, Of(-1L))));
        Assert.Equal(
            [$"{long.MaxValue} ms"], Column(new HandColumn("x", "tss:", 1, null, Of(long.MaxValue))));
    }

    [Fact]
    public void Texts_OfEveryLayout_AreRead()
    {
        Assert.Equal(["ä", "", "bc"], Column(HandColumn.Text("x", "ä", "", "bc")));
        Assert.Equal(["ab"], Column(new HandColumn("x", "U", 1, null, Of(1L, 3L), "xab"u8.ToArray())));
        Assert.Equal(["ab"], Column(new HandColumn("x", "z", 1, null, Of(0, 2), "ab"u8.ToArray())));
        byte[] views = [.. Of(2), .. "hi"u8, .. new byte[10], .. Of(13), .. "thir"u8, .. Of(0, 1)];
        Assert.Equal(["hi", "thirteen byte"],
            Column(new HandColumn("x", "vu", 2, null, views, "xthirteen byte"u8.ToArray(), Of(14L))));
        HandColumn coded = new("x", "c", 4, [0b1101], Of<sbyte>(1, 0, 0, 2));
        Assert.Equal(["b", null, "a", null], Column(coded with
        {
            Dictionary = new HandColumn("", "u", 3, [0b011], Of(0, 1, 2, 2), "ab"u8.ToArray()),
        }));
    }

    [Fact]
    public void Lists_AreJson_AndSlicesBeginWhereTheySay()
    {
        HandColumn texts = HandColumn.Text("item", "a\"", "b", "c", "d");
        Assert.Equal(
            ["[\"a\\\"\",\"b\"]", "[]", "[\"c\"]"], Column(HandColumn.List("x", [0, 2, 2, 3], texts)));
        Assert.Equal(["[\"1\",\"2\"]", "[\"3\",\"4\"]"], Column(new HandColumn("x", "+w:2", 2, [null])
        {
            Offset = 1, Length = 2, Children = [HandColumn.Int64("item", -1, 0, 1, 2, 3, 4)],
        }));
        Assert.Equal(["[\"c\",\"d\"]"], Column(
            new HandColumn("x", "+L", 1, null, Of(0L, 2L, 4L)) { Offset = 1, Children = [texts] }));
        // The slice of a slice: a batch that begins at 1, of a column that begins at 2.
        using var stream =
            new HandStream(new HandColumn("x", "l", 3, [0b01000], Of(0L, 1, 2, 3, 4)) { Offset = 2 });
        stream.Batch->Offset = 1;
        stream.Batch->Length = 2;
        Assert.Equal(["3", null], Cells(stream.Address).Select(row => row[0]));
        Assert.True(stream.IsGivenBack);
    }

    /// <summary>Names of what is spoiled, and how.</summary>
    public static TheoryData<string> Spoiled => [.. s_spoil.Keys];

    private static readonly Dictionary<string, Action<HandStream>> s_spoil = new()
    {
        ["schema fails"] = s => s.Status = (22, 0),
        ["batch fails"] = s => s.Status = (0, 5),
        ["no callbacks"] = s => s.Stream->GetNext = null,
        ["no format"] = s => s.Schema->Children[0]->Format = null,
        ["struct"] = s => *s.Schema->Children[0]->Format = (byte)'q',
        ["top is no struct"] = s => s.Schema->Format[1] = (byte)'l',
        ["child missing in the schema"] = s => s.Schema->Children[1] = null,
        ["children of a number"] = s => s.Schema->Children[0]->ChildCount = 1,
        ["children below none"] = s => s.Schema->ChildCount = -1,
        ["many children"] = s => s.Schema->ChildCount = 1L << 40,
        ["list without elements"] = s => s.Schema->Children[2]->ChildCount = 0,
        ["dictionary of texts"] = s => s.Schema->Children[1]->Dictionary = s.Schema->Children[0],
        ["dictionary missing"] = s => s.Schema->Children[0]->Dictionary = s.Schema->Children[1],
        ["batch below 0"] = s => s.Batch->Length = -1,
        ["batch too long"] = s => s.Batch->Length = long.MaxValue,
        ["batch from far"] = s => s.Batch->Offset = long.MaxValue,
        ["batch longer than its columns"] = s => s.Batch->Length = 3,
        ["batch of slices past the end"] = s => s.Batch->Offset = 1,
        ["columns missing"] = s => s.Batch->ChildCount = 1,
        ["no columns"] = s => s.Batch->Children = null,
        ["column null"] = s => s.Batch->Children[1] = null,
        ["rows null"] = s => s.Batch->Buffers[0] = s.Batch,
        ["length below 0"] = s => s.Column(0)->Length = -2,
        ["length too long"] = s => s.Column(0)->Length = long.MaxValue,
        ["offset below 0"] = s => s.Column(0)->Offset = -1,
        ["offset too far"] = s => s.Column(0)->Offset = long.MaxValue,
        ["buffers missing"] = s => s.Column(1)->BufferCount = 2,
        ["buffers null"] = s => s.Column(0)->Buffers = null,
        ["data null"] = s => s.Column(0)->Buffers[1] = null,
        ["text bytes null"] = s => s.Column(1)->Buffers[2] = null,
        ["text offsets descend"] = s => ((int*)s.Column(1)->Buffers[1])[1] = 5,
        ["text offsets below 0"] = s => ((int*)s.Column(1)->Buffers[1])[0] = -1,
        ["list past the end"] = s => ((int*)s.Column(2)->Buffers[1])[2] = 100,
        ["list offsets descend"] = s => ((int*)s.Column(2)->Buffers[1])[1] = 4,
        ["list elements missing"] = s => s.Column(2)->ChildCount = 0,
        ["list elements null"] = s => s.Column(2)->Children[0] = null,
        ["list of one length too short"] = s => s.Column(3)->Children[0]->Length = 3,
        ["code of no value"] = s => ((int*)s.Column(4)->Buffers[1])[1] = 2,
        ["code below 0"] = s => ((int*)s.Column(4)->Buffers[1])[1] = -1,
        ["dictionary null"] = s => s.Column(4)->Dictionary = null,
        ["view of no buffer"] = s => ((int*)s.Column(5)->Buffers[1])[2] = 7,
        ["view past the end"] = s => ((int*)s.Column(5)->Buffers[1])[3] = 2,
        ["view below 0"] = s => ((int*)s.Column(5)->Buffers[1])[0] = -5,
    };

    private static HandColumn[] AllKinds() =>
    [
        HandColumn.Int64("number", 1, 2), HandColumn.Text("text", "a", "bc"),
        HandColumn.List("list", [0, 1, 3], HandColumn.Text("item", "x", "y", "z")),
        new("pair", "+w:2", 2, [null]) { Children = [HandColumn.Int64("item", 1, 2, 3, 4)] },
        new("coded", "i", 2, null, Of(0, 1)) { Dictionary = HandColumn.Text("", "p", "q") },
        new("view", "vu", 2, null, [.. Of(13), .. "thir"u8, .. Of(0, 1), .. Of(0, 0, 0, 0)],
            "xthirteen byte"u8.ToArray(), Of(14L)),
    ];

    [Theory]
    [MemberData(nameof(Spoiled))]
    public void Spoiled_IsANamedError_AndAllIsGivenBack(string what)
    {
        using var whole = new HandStream(AllKinds());
        Assert.Equal(2, Cells(whole.Address).Count);
        using var stream = new HandStream(AllKinds());
        s_spoil[what](stream);
        var error = Assert.Throws<EmbedEngineException>(() => Cells(stream.Address));
        Assert.Equal(ErrorCode.BadInput, error.Code);
        Assert.StartsWith("(arrow): ", error.Message, StringComparison.Ordinal);
        Assert.True(stream.IsGivenBack, error.Message);
        if (what.EndsWith("fails", StringComparison.Ordinal))
            Assert.Contains("the disk is on fire", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("+s")]
    [InlineData("+m")]
    [InlineData("+us:1,2")]
    [InlineData("tDm")]
    [InlineData("ttu")]
    [InlineData("w:16")]
    [InlineData("d:76,2,256")]
    [InlineData("d:10,-2")]
    [InlineData("tsx:")]
    [InlineData("+w:-1")]
    [InlineData("+w:99999999999")]
    [InlineData("")]
    public void Format_ThatIsNotRead_NamesColumnAndType(string format)
    {
        using var stream = new HandStream(HandColumn.Int64("id", 1), new HandColumn("odd one", format, 1));
        var error = Assert.Throws<EmbedEngineException>(() => Cells(stream.Address));
        Assert.Contains("column 'odd one'", error.Message, StringComparison.Ordinal);
        Assert.True(stream.IsGivenBack);
        Assert.Equal(1, stream.SchemasReleased);
    }

    [Fact]
    public void Deep_OrTwice_OrReleased_IsRefused()
    {
        HandColumn nested = HandColumn.Int64("item", 1);
        for (int i = 0; i < 20; i++) nested = HandColumn.List("deep", [0, 1], nested);
        using var deep = new HandStream(nested);
        Assert.Contains("nested", Assert.Throws<EmbedEngineException>(() => Cells(deep.Address)).Message,
            StringComparison.Ordinal);
        using var twice = new HandStream(HandColumn.Int64("a", 1), HandColumn.Int64("a", 2));
        Assert.Contains("'a' is there twice",
            Assert.Throws<EmbedEngineException>(() => Cells(twice.Address)).Message,
            StringComparison.Ordinal);
        Assert.True(deep.IsGivenBack && twice.IsGivenBack);
        Assert.Throws<ArgumentException>(() => Cells(0));
        Assert.Throws<ArgumentException>(() => Cells(twice.Address));
        Assert.Equal(1, twice.StreamsReleased);
    }

    /// <summary>A stream made by Apache.Arrow; the caller frees it.</summary>
    internal static CArrowArrayStream* Export(Schema schema, params RecordBatch[] batches)
    {
        CArrowArrayStream* stream = CArrowArrayStream.Create();
        CArrowArrayStreamExporter.ExportArrayStream(new Batches(schema, batches), stream);
        return stream;
    }

    private sealed class Batches(Schema schema, RecordBatch[] batches) : IArrowArrayStream
    {
        private int _next;

        public Schema Schema => schema;

        public ValueTask<RecordBatch> ReadNextRecordBatchAsync(
            CancellationToken cancellationToken = default) =>
            new(_next < batches.Length ? batches[_next++] : null!);

        public void Dispose()
        {
            foreach (RecordBatch batch in batches) batch.Dispose();
        }
    }

    [Fact]
    public void ApacheArrow_IsReadAlike_OnRandomSlices()
    {
        const int Seed = 4711;
        var random = new Random(Seed);
        for (int round = 0; round < 40; round++)
        {
            int count = random.Next(1, 70), skip = random.Next(count);
            long?[] numbers = [.. Enumerable.Range(0, count).Select(
                _ => random.Next(4) == 0 ? (long?)null : random.NextInt64())];
            string?[] texts = [.. Enumerable.Range(0, count).Select(
                _ => random.Next(4) == 0 ? null : new string('é', random.Next(20)))];
            var longs = new Int64Array.Builder();
            var strings = new StringArray.Builder();
            var flags = new BooleanArray.Builder();
            var lists = new ListArray.Builder(StringType.Default);
            var inner = (StringArray.Builder)lists.ValueBuilder;
            for (int i = 0; i < count; i++)
            {
                if (numbers[i] is { } n) longs.Append(n);
                else longs.AppendNull();
                if (texts[i] is { } text) strings.Append(text);
                else strings.AppendNull();
                flags.Append(i % 3 == 0);
                lists.Append();
                for (int t = 0; t < i % 4; t++) inner.Append($"t{i}.{t}");
            }
            IArrowArray[] whole = [longs.Build(), strings.Build(), flags.Build(), lists.Build()];
            IArrowArray[] columns = [.. whole.Select(a => ArrowArrayFactory.Slice(a, skip, count - skip))];
            Schema schema = new Schema.Builder()
                .Field(new Field("n", Int64Type.Default, true))
                .Field(new Field("s", StringType.Default, true))
                .Field(new Field("b", BooleanType.Default, true))
                .Field(new Field("l", new ListType(StringType.Default), true)).Build();
            CArrowArrayStream* stream = Export(schema, new RecordBatch(schema, columns, count - skip));
            List<string?[]> read = Cells((nint)stream);
            CArrowArrayStream.Free(stream);
            Assert.Equal(count - skip, read.Count);
            for (int i = skip; i < count; i++)
            {
                string tags = string.Join(',', Enumerable.Range(0, i % 4).Select(t => $"\"t{i}.{t}\""));
                string list = $"[{tags}]";
                Assert.Equal(
                    [numbers[i]?.ToString(), texts[i], i % 3 == 0 ? "true" : "false", list], read[i - skip]);
            }
        }
    }
}
