// Seeded random damage to good input of every parser of outside bytes. EMBEDENGINE_FUZZ_SECONDS=n runs for n
// seconds a parser and prints the seed of a failure; the normal suite replays a few hundred fixed seeds and
// the kept corpus.

using System.Diagnostics;
using System.Text;
using EmbedEngine.Interactions.Keys;
using EmbedEngine.Tests.Interactions.Reading;
using EmbedEngine.Interactions.Log;
using EmbedEngine.Storage;
using EmbedEngine.Tests.Pipelines.Exchange;
using K4os.Compression.LZ4;

namespace EmbedEngine.Tests.OnDemand;

public sealed class ParserFuzzTests : IDisposable
{
    private const int Replayed = 250;

    private readonly StoreScratch _scratch = new();
    private Engine? _trained;

    private static int Seconds => TestScale.Count("EMBEDENGINE_FUZZ_SECONDS", 0, 0);

    public void Dispose()
    {
        _trained?.Dispose();
        _scratch.Dispose();
    }

    public static TheoryData<string> Parsers => new(
        "csv", "tsv", "gzip", "otto", "sessions", "npy", "vectors npy", "w2v", "vectors jsonl", "segment",
        "live log", "artifact",
        "bundle", "packed bundle", "lz4");

    /// <summary>Inputs that once mattered: kept here, replayed in every run.</summary>
    public static TheoryData<string, string> Kept => new()
    {
        { "csv", "session,item\n\"" },
        { "csv", "session,item,ts\n1,2,1e999\n" },
        { "csv", "session,item,ts\n1,99999999999999999999999,-1\n\0\n" },
        { "otto", "{\"session\":1,\"events\":[" },
        { "otto", "{\"session\":-9223372036854775809,\"events\":[]}" },
        { "sessions", "{\"session_id\":\"\\ud800\",\"items\":[1]}" },
        { "sessions",
            "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[" },
        { "npy", "\u0093NUMPY\u0001\0\u00ff\u00ff{'descr': '<f4'" },
        { "tsv", "session\titem\tts\n1\t\t2\n\t\t\t\n" },
        { "gzip", "\u001f\u008b\b\0\0\0\0\0\0\u0003" },
        { "vectors npy",
            "\u0093NUMPY\u0001\0v\0{'descr': '<f4', 'fortran_order': True, 'shape': (9999999999, 4), }" },
        { "w2v", "2147483647 2147483647\n1 1\n" },
        { "w2v", "2 2\n1 nan 1\n2 1e999 0" },
        { "vectors jsonl", "{\"item_id\":1,\"embedding\":[1,2,[]]}\n" },
        { "bundle", "EEB1\r\n\u001a\n" },
        { "packed bundle", "EEZ1\r\n\u001a\n" },
        { "live log", "EEV1\r\n\u001a\n" },
        { "segment", "EEL1\r\n\u001a\n" },
    };

    [Theory]
    [MemberData(nameof(Kept))]
    public void Kept_Input_EndsWellOrWithOurException(string parser, string content) =>
        Try(parser, Encoding.Latin1.GetBytes(content), "kept");

    [Theory]
    [MemberData(nameof(Parsers))]
    public void Mutated_Input_EndsWellOrWithOurException(string parser)
    {
        byte[] good = Good(parser);
        Assert.True(Try(parser, good, "whole"));
        long start = Stopwatch.GetTimestamp();
        int accepted = 0, round = 0;
        for (; Seconds > 0 ? Stopwatch.GetElapsedTime(start).TotalSeconds < Seconds
            : round < Replayed; round++)
            accepted += Try(parser, Mutate(good, new Random(round)), $"seed {round}") ? 1 : 0;
        Assert.InRange(accepted, 0, round - 1); // some damage was noticed
    }

    private static byte[] Mutate(byte[] good, Random random)
    {
        var bytes = new List<byte>(good);
        for (int k = random.Next(1, 6); k > 0 && bytes.Count > 0; k--)
        {
            int at = random.Next(3) == 0 ? random.Next(Math.Min(80, bytes.Count)) : random.Next(bytes.Count);
            switch (random.Next(6))
            {
                case 0: bytes[at] ^= (byte)(1 << random.Next(8)); break;
                case 1: bytes[at] = (byte)random.Next(256); break;
                case 2: bytes[at] = (byte)(random.Next(2) == 0 ? 0xFF : 0); break;
                case 3: bytes.RemoveRange(at, Math.Min(random.Next(40), bytes.Count - at)); break;
                case 4: bytes.InsertRange(at, good.Skip(random.Next(good.Length))
                    .Take(random.Next(40))); break;
                default: bytes.RemoveRange(at, bytes.Count - at); break;
            }
        }
        return [.. bytes];
    }

    /// <summary>True when it was accepted; anything thrown but our exception fails the test.</summary>
    private bool Try(string parser, byte[] content, string what)
    {
        string path = _scratch.Write("input", content);
        try
        {
            Parse(parser, path, content);
            return true;
        }
        catch (EmbedEngineException e) when (e.Code != ErrorCode.Internal)
        {
            return false;
        }
        catch (Exception e)
        {
            Assert.Fail($"{parser}, {what}: {e}");
            throw;
        }
    }

    private void Parse(string parser, string path, byte[] content)
    {
        switch (parser)
        {
            case "csv" or "tsv" or "gzip" or "otto" or "sessions":
                using (var scratch = new ImportScratch()) scratch.Import(path, sortCapacity: 16);
                break;
            case "npy":
                NpyFile.ReadMatrix(path);
                break;
            case "w2v" or "vectors npy" or "vectors jsonl":
                ReadVectors(parser, path);
                break;
            case "bundle":
                using (Model.OpenBundle(path, VerifyLevel.Full))
                {
                }
                break;
            case "packed bundle":
                Model.UnpackBundle(path, path + ".eeb");
                break;
            case "live log":
                using (MappedFile file = FileSystem.Real.Map(path)) LiveLog.Read(file, 0, []);
                break;
            case "segment":
                using (EventSegmentReader reader = EventSegmentReader.Open(FileSystem.Real, path))
                {
                    var block = new SegmentBlock();
                    while (reader.TryReadBlock(block))
                    {
                    }
                }
                break;
            case "lz4":
                byte[] raw = new byte[4096];
                if (LZ4Codec.Decode(content, raw) is not 4000)
                    throw new EmbedEngineException(ErrorCode.Corrupt, "other bytes");
                break;
            default:
                using (ArtifactFile file =
                    ArtifactFile.Open(FileSystem.Real, path, ItemTable.FileKind, VerifyLevel.Full))
                    file.VerifyBlocks();
                break;
        }
    }

    private void ReadVectors(string parser, string path)
    {
        VectorFormat format = parser switch
        {
            "w2v" => VectorFormat.Word2Vec, "vectors npy" => VectorFormat.Npy, _ => VectorFormat.JsonLines,
        };
        if (format == VectorFormat.Npy) File.WriteAllLines(path + ".ids.txt", Keys);
        VectorFuzz.Parse(Trained().RequireModel(), path, format);
    }

    private string[] Keys =>
        [.. Enumerable.Range(0, 8).Select(row => $"{Trained().RequireModel().ItemAt(row)}")];

    private Engine Trained()
    {
        if (_trained is not null) return _trained;
        _scratch.MakeTrained(150, 10);
        return _trained = _scratch.Open();
    }

    private static byte[] Zip(byte[] bytes)
    {
        using var stream = new MemoryStream();
        using (var gzip = new System.IO.Compression.GZipStream(stream,
            System.IO.Compression.CompressionLevel.Fastest)) gzip.Write(bytes);
        return stream.ToArray();
    }

    private byte[] Good(string parser)
    {
        switch (parser)
        {
            case "tsv":
                return Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(Good("csv")).Replace(',', '\t').Replace(
                    "\"u\t", "\"u", StringComparison.Ordinal));
            case "gzip":
                return Zip(Good("csv"));
            case "w2v":
                return Encoding.UTF8.GetBytes(
                    string.Concat(Keys.Select((k, i) => $"{k} {i}.5 -1 2e-3\n").Prepend("8 3\n")));
            case "vectors npy":
                return [.. NpyFile.Header("<f4", 8, 4), .. Enumerable.Repeat((byte)0x3f, 8 * 4 * 4)];
            case "vectors jsonl":
                return Encoding.UTF8.GetBytes(string.Concat(
                    Keys.Select((k, i) => $"{{\"item_id\":{k},\"embedding\":[1,0.5,-{i}]}}\n")));

            case "csv":
                return Encoding.UTF8.GetBytes(
                    "session,item,ts,event,user\n" + string.Concat(Enumerable.Range(0, 20)
                    .Select(i => $"{i / 4},{i % 7},{1_700_000_000 + i},view,\"u,{i % 3}\"\n")));
            case "otto":
                return File.ReadAllBytes(_scratch.Shop("good.jsonl", 40, 9));
            case "sessions":
                return Encoding.UTF8.GetBytes(
                    "{\"session_id\":\"a\",\"items\":[1,2,3]}\n{\"session_id\":\"b\",\"items\":[2,1]}\n");
            case "npy":
                return [.. NpyFile.Header("<f4", 8, 4), .. new byte[8 * 4 * 4]];
            case "lz4":
                byte[] source = new byte[4000];
                new Random(1).NextBytes(source.AsSpan(0, 500));
                byte[] packed = new byte[8000];
                return packed[..LZ4Codec.Encode(source, packed)];
        }
        Engine engine = Trained();
        for (int i = 0; i < 8; i++) engine.Observe($"user{i}", $"{i}", timeMs: i);
        if (parser is "bundle" or "packed bundle")
        {
            string file = Path.Combine(_scratch.Root, "good.eeb");
            engine.RequireModel().WriteBundle(file, compress: parser == "packed bundle");
            return File.ReadAllBytes(file);
        }
        string pattern = parser switch { "segment" => "*.eel", "live log" => "*.eev", _ => "items.eea" };
        return File.ReadAllBytes(
            Directory.GetFiles(_scratch.Store, pattern, SearchOption.AllDirectories).Single());
    }
}
