// The golden fixtures, read the way a .NET user reads a store. The C and Python tests check the same file;
// none writes it (tests/Fixtures/make_golden.py does).

using System.Runtime.CompilerServices;
using System.Text.Json;

namespace EmbedEngine.Tests;

public sealed class GoldenTests : IDisposable
{
    // Instruction sets sum in different orders: scores of magnitude 1 differ in the seventh digit; the file
    // has six.
    private const float Tolerance = 1e-5f;

    private readonly string _directory = Directory.CreateTempSubdirectory("ee-golden-").FullName;

    [Fact]
    public void GoldenStore_EveryRequest_AnswersAsRecorded()
    {
        // A copy: opening a store may create files beside its catalog.
        string store = Path.Combine(_directory, "golden.ee");
        CopyDirectory(Path.Combine(Fixtures(), "golden.ee"), store);
        string answers = File.ReadAllText(Path.Combine(Fixtures(), "golden.json"));
        using JsonDocument golden = JsonDocument.Parse(answers);
        using Engine engine = Engine.Open(store, new EngineOptions { Verify = VerifyLevel.Full });
        Model model = engine.Model!;
        int checkedRequests = 0;
        foreach (JsonElement request in golden.RootElement.GetProperty("requests").EnumerateArray())
        {
            Check(model, request);
            checkedRequests++;
        }
        Assert.True(checkedRequests > 100, $"only {checkedRequests} requests were checked");
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private static void Check(Model model, JsonElement request)
    {
        var results = new RecommendedItem[request.GetProperty("k").GetInt32()];
        int count;
        if (request.GetProperty("call").GetString() == "similar")
        {
            count = model.Similar(request.GetProperty("item").GetInt64(), results);
        }
        else
        {
            RecommendResult answer = model.Recommend(Events(request), results, Options(request));
            Assert.Equal(Fallback(request.GetProperty("fallback").GetString()), answer.Fallback);
            Assert.Equal(request.GetProperty("unknown_items").GetInt32(), answer.UnknownItems);
            Assert.Equal(request.GetProperty("padded").GetInt32(), answer.Padded);
            count = answer.Count;
        }
        string text = request.GetRawText();
        long[] items = [.. request.GetProperty("items").EnumerateArray().Select(i => i.GetInt64())];
        Assert.True(items.AsSpan().SequenceEqual(Array.ConvertAll(results[..count], r => r.Item)), text);
        float[] scores = [.. request.GetProperty("scores").EnumerateArray().Select(s => s.GetSingle())];
        for (int i = 0; i < count; i++)
            Assert.True(MathF.Abs(scores[i] - results[i].Score) <= Tolerance,
                $"{results[i].Score} at {i} of {text}");
    }

    private static SessionEvent[] Events(JsonElement request) =>
        [.. request.GetProperty("events").EnumerateArray()
            .Select(e => new SessionEvent(e[0].GetInt64(), 0, e[1].GetInt32()))];

    private static RecommendOptions Options(JsonElement request) => new()
    {
        Source = SourceNames.Parse(request.GetProperty("source").GetString()!),
        Seen = Enum.Parse<SeenPolicy>(request.GetProperty("seen").GetString()!, ignoreCase: true),
        NoPadding = !request.GetProperty("padding").GetBoolean(),
    };

    private static Fallback Fallback(string? name) => name switch
    {
        null => EmbedEngine.Fallback.None,
        "empty_session" => EmbedEngine.Fallback.EmptySession,
        "unknown_items" => EmbedEngine.Fallback.UnknownItems,
        _ => EmbedEngine.Fallback.NoCandidates,
    };

    private static void CopyDirectory(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (string directory in Directory.GetDirectories(from, "*", SearchOption.AllDirectories))
            Directory.CreateDirectory(directory.Replace(from, to, StringComparison.Ordinal));
        foreach (string file in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
            File.Copy(file, file.Replace(from, to, StringComparison.Ordinal));
    }

    private static string Fixtures([CallerFilePath] string source = "") =>
        Path.Combine(Path.GetDirectoryName(Path.GetDirectoryName(source))!, "Fixtures");
}
