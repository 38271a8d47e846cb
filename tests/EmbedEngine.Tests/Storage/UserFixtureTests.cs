// A store with all that a version knows of users opens and answers the same, for ever: histories, customers,
// traits, a model of users, action-item tokens. It was made once, by make_users.py, and is never made again.

using System.IO.Compression;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace EmbedEngine.Tests.Storage;

public sealed class UserFixtureTests : IDisposable
{
    // Instruction sets and fused products sum in different orders; vectors are written with five digits.
    private const float Tolerance = 2e-4f;

    private readonly StoreScratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData("format-2-users")]
    public void Store_WithUsers_IsWholeAndAnswersAsRecorded(string folder)
    {
        ZipFile.ExtractToDirectory(Path.Combine(Folder(folder), "shop.ee.zip"), _scratch.Store);
        using JsonDocument answers =
            JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder(folder), "answers.json")));
        using (Engine engine =
            Engine.Open(_scratch.Store, new EngineOptions { ReadOnly = true, Verify = VerifyLevel.Full }))
        {
            Assert.Null(engine.Problem);
            Assert.Empty(engine.Verify(full: true).Faults);
            foreach (string artifact in (string[])["histories", "customers", "traits", "user_model",
                "action_items"])
                Assert.Contains($"\"{artifact}\"", engine.Model!.Version.Manifest, StringComparison.Ordinal);
            AssertAnswers(engine, answers);
        }
        // What is written today lies beside it, and the old version answers on.
        using Engine writing = _scratch.Open();
        long old = writing.Model!.Version.Number;
        writing.Observe("käufer 1", "b:3", "clicks", 1_800_000_000_000);
        writing.RefreshVersion(customersOnly: true);
        Assert.Equal(1 + Events(answers, "käufer 1"), writing.Model!.Profile("käufer 1").Events);
        Assert.Empty(writing.Verify(full: true).Faults);
        writing.Rollback(old);
        writing.ForgetUser("käufer 2");
        Assert.Empty(writing.Verify(full: true).Faults);
    }

    private static int Events(JsonDocument answers, string user) => answers.RootElement.EnumerateArray()
        .First(a => a.GetProperty("call").GetString() == "profile"
            && a.GetProperty("user").GetString() == user).GetProperty("events").GetInt32();

    private static void AssertAnswers(Engine engine, JsonDocument answers)
    {
        var calls = new Dictionary<string, int>();
        foreach (JsonElement asked in answers.RootElement.EnumerateArray())
        {
            string call = asked.GetProperty("call").GetString()!;
            calls[call] = calls.GetValueOrDefault(call) + 1;
            switch (call)
            {
                case "recommend_user": AssertRecommended(engine.Model!, asked); break;
                case "profile": AssertProfile(engine.Model!, asked); break;
                case "similar_users": AssertSimilar(engine.Model!, asked); break;
                case "similar_tokens":
                    AssertRanked(asked, [.. engine.Model!.SimilarTokens(Text(asked, "token"), 5)
                        .Select(t => (t.Token, (float)t.Score))]);
                    break;
                default: AssertTraits(engine.Traits(), asked); break;
            }
        }
        Assert.Equal(["profile", "recommend_user", "similar_tokens", "similar_users", "traits"],
            calls.Keys.Order());
        Assert.True(calls["recommend_user"] > 30, $"only {calls["recommend_user"]} requests were checked");
    }

    private static void AssertRecommended(Model model, JsonElement asked)
    {
        SessionEvent[] session = [.. asked.GetProperty("session").EnumerateArray().Select(e =>
        {
            Assert.True(model.TryGetItem(e[0].GetString()!, out long item));
            return new SessionEvent(item, 0, model.ActionCode(e[1].GetString()!));
        })];
        var results = new RecommendedItem[6];
        RecommendResult answer = model.RecommendUser(Text(asked, "user"), session, results,
            new RecommendOptions { Source = SourceNames.Parse(Text(asked, "source")) });
        Assert.Equal(FallbackOf(asked), answer.Fallback);
        AssertRanked(asked, [.. results[..answer.Count].Select(r => (model.KeyString(r.Item), r.Score))]);
    }

    private static void AssertProfile(Model model, JsonElement asked)
    {
        var kind = Enum.Parse<UserVectorKind>(
            Text(asked, "kind").Replace("_", "", StringComparison.Ordinal), ignoreCase: true);
        UserProfile profile = model.Profile(Text(asked, "user"), kind);
        Assert.Equal(FallbackOf(asked), profile.Fallback);
        Assert.Equal(asked.GetProperty("events").GetInt32(), profile.Events);
        AssertNear(asked, asked.GetProperty("vector"), profile.Vector);
        AssertNear(asked, asked.GetProperty("traits"), profile.Traits);
    }

    /// <summary>
    /// Near 1 cosines lie so close that neighbours may swap: who was there is there, with the same cosine.
    /// </summary>
    private static void AssertSimilar(Model model, JsonElement asked)
    {
        SimilarUserReport report = model.SimilarUsers(
            Text(asked, "user"), 100, Enum.Parse<UserLikeness>(Text(asked, "by"), ignoreCase: true));
        string[] keys = [.. asked.GetProperty("keys").EnumerateArray().Select(k => k.GetString()!)];
        float[] scores = [.. keys.Select(key => (float)report.Users.First(u => u.User == key).Score)];
        AssertNear(asked, asked.GetProperty("scores"), scores);
        Assert.InRange(scores[^1], report.Users[keys.Length - 1].Score - Tolerance, 1 + Tolerance);
    }

    private static void AssertTraits(TraitReport report, JsonElement asked)
    {
        Assert.Equal(asked.GetProperty("customers").GetInt32(), report.Customers);
        JsonElement[] expected = [.. asked.GetProperty("traits").EnumerateArray()];
        Assert.Equal(expected.Select(t => Text(t, "name")), report.Traits.Select(t => t.Name));
        for (int t = 0; t < expected.Length; t++)
        {
            Assert.Equal(expected[t].GetProperty("share").GetDouble(), report.Traits[t].Share, Tolerance);
            Assert.Equal(expected[t].GetProperty("items").EnumerateArray().Select(i => i.GetString()!),
                report.Traits[t].Items.Take(3).Select(i => i.Item));
        }
    }

    private static void AssertRanked(JsonElement asked, (string Key, float Score)[] found)
    {
        Assert.Equal(asked.GetProperty("keys").EnumerateArray().Select(k => k.GetString()!),
            found.Select(f => f.Key));
        AssertNear(asked, asked.GetProperty("scores"), Array.ConvertAll(found, f => f.Score));
    }

    private static void AssertNear(JsonElement asked, JsonElement expected, float[] found)
    {
        float[] values = [.. expected.EnumerateArray().Select(v => v.GetSingle())];
        Assert.Equal(values.Length, found.Length);
        for (int i = 0; i < values.Length; i++)
        {
            Assert.True(MathF.Abs(values[i] - found[i]) <= Tolerance * MathF.Max(1, MathF.Abs(values[i])),
                $"{found[i]} at {i} of {asked.GetRawText()}");
        }
    }

    private static Fallback FallbackOf(JsonElement asked) =>
        asked.GetProperty("fallback").GetString() is { } name
            ? Enum.Parse<Fallback>(name.Replace("_", "", StringComparison.Ordinal), ignoreCase: true)
            : Fallback.None;

    private static string Text(JsonElement asked, string name) => asked.GetProperty(name).GetString()!;

    private static string Folder(string name, [CallerFilePath] string source = "") => Path.Combine(
        Path.GetDirectoryName(Path.GetDirectoryName(Path.GetDirectoryName(source)))!, "Fixtures", name);
}
