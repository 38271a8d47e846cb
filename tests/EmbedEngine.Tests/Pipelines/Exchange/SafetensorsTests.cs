// safetensors files written by hand: every float type, keys within and beside, and headers that claim what is
// not so.

using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace EmbedEngine.Tests.Pipelines.Exchange;

public sealed class SafetensorsTests : IDisposable
{
    private readonly StoreScratch _scratch = new();
    private readonly Engine _engine;
    private readonly long[] _keys;
    private readonly float[] _values;

    public SafetensorsTests()
    {
        _scratch.MakeTrained();
        _engine = _scratch.Open();
        Model model = _engine.RequireModel();
        _keys = [.. Enumerable.Range(0, 20).Select(model.ItemAt)];
        // Small whole numbers: the same in every type.
        _values = [.. Enumerable.Range(0, 60).Select(i => (float)(i % 7 - 3))];
    }

    public void Dispose()
    {
        _engine.Dispose();
        _scratch.Dispose();
    }

    private static readonly VectorImportOptions Own = new() { Space = "own" };

    private static byte[] Of<T>(params T[] values)
        where T : unmanaged => MemoryMarshal.AsBytes(values.AsSpan()).ToArray();

    /// <summary>A file of tensors one behind the other.</summary>
    private string File(params (string Name, string Type, string Shape, byte[] Data)[] tensors)
    {
        int at = 0;
        string header = string.Join(',', tensors.Select(t => string.Create(
            CultureInfo.InvariantCulture,
            $"'{t.Name}':{{'dtype':'{t.Type}','shape':[{t.Shape}],")
            + string.Create(
                CultureInfo.InvariantCulture, $"'data_offsets':[{at},{at += t.Data.Length}]}}")));
        return Raw(
            $"{{'__metadata__':{{'by':'hand'}},{header}}}".Replace('\'', '"'),
            [.. tensors.SelectMany(t => t.Data)]);
    }

    private string Raw(string header, byte[] data, ulong? length = null)
    {
        byte[] start = new byte[8], json = Encoding.UTF8.GetBytes(header);
        BinaryPrimitives.WriteUInt64LittleEndian(start, length ?? (ulong)json.Length);
        return _scratch.Write("v.safetensors", [.. start, .. json, .. data]);
    }

    private float[][] Rows()
    {
        VectorSpaceView view = _engine.RequireModel().Vectors("own");
        return [.. Enumerable.Range(0, 20).Select(r => view[r].ToArray())];
    }

    [Fact]
    public void EveryFloatType_GivesTheSameVectors()
    {
        _engine.ImportVectors(new VectorColumns { Items = _keys, Vectors = _values, Dimensions = 3 }, Own);
        float[][] expected = Rows();
        byte[] keys = Of(_keys);
        (string, byte[])[] types =
        [
            ("F32", Of(_values)), ("F64", Of([.. _values.Select(v => (double)v)])),
            ("F16", Of([.. _values.Select(v => (Half)v)])),
            ("BF16", Of([.. _values.Select(v => (ushort)(BitConverter.SingleToUInt32Bits(v) >> 16))])),
        ];
        foreach ((string type, byte[] data) in types)
        {
            string path = File(("ids", "I64", "20", keys), ("emb", type, "20,3", data));
            VectorImportReport report = _engine.ImportVectors(path, Own);
            Assert.Equal((20, 3, 0), (report.Items, report.Dimensions, report.Rejected));
            Assert.Equal(expected, Rows());
        }
        _scratch.Write("k.txt", string.Join('\n', _keys));
        string beside = File(("a", "F32", "20,3", Of(_values)), ("b", "F32", "20,3", new byte[240]));
        Assert.Contains("2 tensors can be the vectors", Refused(beside, Own with
        {
            IdsPath = Path.Combine(_scratch.Root, "k.txt"),
        }), StringComparison.Ordinal);
        _engine.ImportVectors(beside, Own with
        {
            IdsPath = Path.Combine(_scratch.Root, "k.txt"), VectorsColumn = "a",
        });
        Assert.Equal(expected, Rows());
        Assert.Contains("no keys beside it", Refused(beside, Own with { VectorsColumn = "a" }),
            StringComparison.Ordinal);
        System.IO.File.WriteAllText(beside + ".ids.txt", string.Join('\n', _keys));
        _engine.ImportVectors(beside, Own with { VectorsColumn = "a", Format = VectorFormat.Safetensors });
        Assert.Equal(expected, Rows());
    }

    private string Refused(string path, VectorImportOptions options)
    {
        var error = Assert.Throws<EmbedEngineException>(() => _engine.ImportVectors(path, options));
        Assert.Contains(error.Code, new[] { ErrorCode.BadInput, ErrorCode.NotFound });
        Assert.Contains("v.safetensors", error.Message, StringComparison.Ordinal);
        return error.Message;
    }

    [Fact]
    public void Header_LongerThanTheFile_OrKeysThatDoNotFit_AreRefused()
    {
        Assert.Contains("out of range", Refused(Raw("{}", [], 50_000_000), Own), StringComparison.Ordinal);
        Assert.Contains("out of range", Refused(
            Raw("{}", [], ulong.MaxValue), Own with { Format = VectorFormat.Safetensors }),
            StringComparison.Ordinal);
        string path = File(("ids", "I64", "2", Of(1L, 2)), ("emb", "F32", "20,3", Of(_values)));
        Assert.Contains("no keys beside it", Refused(path, Own), StringComparison.Ordinal);
        foreach ((string item, string why) in ((string, string)[])[
            ("ids", "2 keys for 20 vectors"), ("x", "there is no tensor 'x'"), ("emb", "no list of I64")])
            Assert.Contains(why, Refused(path, Own with { Item = item }), StringComparison.Ordinal);
    }

    [Fact]
    public void Mutated_NothingButAnEmbedEngineException()
    {
        byte[] vectors = Of([.. _values.Select(v => (Half)v)]);
        byte[] whole = System.IO.File.ReadAllBytes(
            File(("ids", "I64", "20", Of(_keys)), ("emb", "F16", "20,3", vectors)));
        var random = new Random(11);
        int refused = 0;
        for (int round = 0; round < 400; round++)
        {
            byte[] bytes = [.. whole];
            for (int n = random.Next(1, 4); n > 0; n--)
                bytes[random.Next(round % 2 == 0 ? 200 : bytes.Length)] = (byte)random.Next(256);
            if (round % 5 == 0) bytes = bytes[..random.Next(bytes.Length)];
            try
            {
                VectorFuzz.Parse(
                    _engine.RequireModel(), _scratch.Write("m.safetensors", bytes), VectorFormat.Safetensors);
            }
            catch (EmbedEngineException e)
            {
                Assert.NotEqual(ErrorCode.Internal, e.Code);
                refused++;
            }
        }
        Assert.InRange(refused, 1, 399);
    }
}
