// What builds of older formats wrote opens and answers the same, for ever. Each folder
// tests/Fixtures/format-N was made once, by the last build of that format (make_format.py); none is ever made
// again.

using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text.Json;

namespace EmbedEngine.Tests.Storage;

public sealed class FormatFixtureTests : IDisposable
{
    // Instruction sets and fused products sum in different orders; a ranker's leaves are sums of those.
    private const float Tolerance = 2e-4f;

    private readonly StoreScratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData("format-2")]
    public void Store_ReadOnly_AnswersAsRecorded(string format)
    {
        // What was observed answers too, by now: then not as recorded.
        string store = CopyStore(format);
        foreach (string log in Directory.GetFiles(Path.Combine(store, "events"), "live-*")) File.Delete(log);
        SortedDictionary<string, string> before = StoreScratch.Snapshot(store);
        using (Engine engine =
            Engine.Open(store, new EngineOptions { ReadOnly = true, Verify = VerifyLevel.Full }))
        {
            Assert.Null(engine.Problem);
            Assert.Empty(engine.Verify(full: true).Faults);
            AssertAnswers(engine.Model!, format);
        }
        Assert.Equal(before, StoreScratch.Snapshot(store));
    }

    [Theory]
    [InlineData("format-2")]
    public void Store_WithLiveLogsOfThatBuild_KnowsWhatTheySay(string format)
    {
        using Engine engine = Engine.Open(CopyStore(format), new EngineOptions { ReadOnly = true });
        Assert.True(engine.Model!.TryGetItem("new: one", out long item));
        Assert.False(engine.Model!.TryGetRow(item, out _));
    }

    [Theory]
    [InlineData("format-2")]
    public void PackedBundle_Unpacks_ToTheBundleOfThatBuild(string format)
    {
        string bundle = Path.Combine(_scratch.Root, "shop.eeb");
        Model.UnpackBundle(Path.Combine(Folder(format), "shop.eebz"), bundle);
        using JsonDocument answers = Answers(format);
        Assert.Equal(answers.RootElement.GetProperty("bundle_sha256").GetString(),
            Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(bundle))));
        using Model model = Model.OpenBundle(bundle, VerifyLevel.Full);
        AssertAnswers(model, format);
    }

    [Theory]
    [InlineData("format-2")]
    public void Store_IsWritten_LiveLogsAreTakenAndAnotherVersionTrained(string format)
    {
        using Engine engine = Engine.Open(CopyStore(format));
        long events = engine.Info().Events;
        engine.Train(StoreScratch.Tiny(name: "later"));
        Assert.Equal(events + 3, engine.Info().Events);
        Assert.True(engine.Model!.TryGetItem("é:5", out _));
        Assert.Empty(engine.Verify(full: true).Faults);
        engine.Compact();
        Assert.Equal(events + 3, engine.Info().Events);
        Assert.Empty(engine.Verify(full: true).Faults);
        engine.Rollback();
        AssertAnswers(engine.Model!, format);
    }

    private static void AssertAnswers(Model model, string format)
    {
        using JsonDocument answers = Answers(format);
        int count = 0;
        foreach (JsonElement request in answers.RootElement.GetProperty("requests").EnumerateArray())
        {
            RecommendedItem[] found = Ask(model, request);
            JsonElement[] expected = [.. request.GetProperty("items").EnumerateArray()];
            string text = request.GetRawText();
            Assert.Equal(expected.Select(e => e.GetProperty("item").GetString()!),
                Array.ConvertAll(found, f => model.KeyString(f.Item)));
            for (int i = 0; i < found.Length; i++)
            {
                float score = expected[i].GetProperty("score").GetSingle();
                Assert.True(MathF.Abs(score - found[i].Score) <= Tolerance * MathF.Max(1, MathF.Abs(score)),
                    $"{found[i].Score} at {i} of {text}");
            }
            count++;
        }
        Assert.True(count > 50, $"only {count} requests were checked");
    }

    private static RecommendedItem[] Ask(Model model, JsonElement request)
    {
        string[] words = [.. request.GetProperty("arguments").EnumerateArray().Select(a => a.GetString()!)];
        string Option(string name) => words[Array.IndexOf(words, name) + 1];
        var results =
            new RecommendedItem[int.Parse(Option("--k"), System.Globalization.CultureInfo.InvariantCulture)];
        int count = request.GetProperty("command").GetString() switch
        {
            "similar" => model.Similar(Item(model, Option("--item")), results, Option("--space")),
            "bought-together" => model.BoughtTogether(
                Array.ConvertAll(Option("--items").Split(','), key => Item(model, key)), results, out _),
            _ => model.Recommend(Events(model, Option("--session-json")), results,
                new RecommendOptions { Source = SourceNames.Parse(Option("--source")) }).Count,
        };
        return results[..count];
    }

    private static SessionEvent[] Events(Model model, string json)
    {
        using JsonDocument events = JsonDocument.Parse(json);
        return [.. events.RootElement.EnumerateArray().Select(e => new SessionEvent(
            Item(model, e.GetProperty("item").GetString()!), 0,
            model.ActionCode(e.GetProperty("action").GetString()!)))];
    }

    private static long Item(Model model, string key) => model.TryGetItem(key, out long item) ? item : -1;

    private static JsonDocument Answers(string format) =>
        JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder(format), "answers.json")));

    private string CopyStore(string format)
    {
        string from = Path.Combine(Folder(format), "shop.ee"), to = _scratch.Store;
        foreach (string directory in Directory.GetDirectories(from, "*", SearchOption.AllDirectories).Prepend(
            from))
            Directory.CreateDirectory(directory.Replace(from, to, StringComparison.Ordinal));
        foreach (string file in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
            File.Copy(file, file.Replace(from, to, StringComparison.Ordinal));
        return to;
    }

    private static string Folder(string format, [CallerFilePath] string source = "") => Path.Combine(
        Path.GetDirectoryName(Path.GetDirectoryName(Path.GetDirectoryName(source)))!, "Fixtures", format);
}
