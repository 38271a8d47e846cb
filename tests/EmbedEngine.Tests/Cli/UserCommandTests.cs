// Users as they are asked for on the command line: what each command prints, that nobody is no failure, and
// that a vector which does not belong is one.

using System.Text.Json;
using EmbedEngine.Tests.Pipelines.People;

namespace EmbedEngine.Tests.Cli;

public sealed class UserCommandTests : IDisposable
{
    private readonly StoreScratch _scratch = new();

    public UserCommandTests() =>
        PeopleShop.Make(_scratch, settings: [("tokens", "action_item"), ("user_vector", "mix")]);

    public void Dispose() => _scratch.Dispose();

    private JsonElement Ask(string command, params string[] arguments) =>
        CliProcess.Run([command, _scratch.Store, .. arguments, "--json"]).Json();

    private static long[] Items(JsonElement answer) =>
        [.. answer.GetProperty("items").EnumerateArray().Select(i => i.GetProperty("item").GetInt64())];

    [Fact]
    public void Recommend_ForAUserAndForNobody_AnswersAndSaysFromWhat()
    {
        JsonElement known = Ask("recommend", "--user", "c1", "--k", "5");
        Assert.Equal(JsonValueKind.Null, known.GetProperty("fallback").ValueKind);
        Assert.Equal(5, Items(known).Length);
        JsonElement nobody = Ask("recommend", "--user", "nobody", "--k", "5");
        Assert.Equal("popularity", nobody.GetProperty("fallback").GetString());
        Assert.Equal(5, Items(nobody).Length);
        JsonElement session = Ask("recommend", "--user", "nobody", "--session", "3", "--k", "5");
        Assert.Equal("session", session.GetProperty("fallback").GetString());
        Assert.Equal(Items(Ask("recommend", "--session", "3", "--k", "5")), Items(session));
        CliProcess.Result text = CliProcess.Run("recommend", _scratch.Store, "--user", "nobody");
        Assert.Equal(0, text.ExitCode);
        Assert.Contains("rank", text.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Profile_Traits_And_Customers_PrintWhatIsKnown()
    {
        JsonElement profile = Ask("profile", "--user", "c1");
        Assert.Equal("c1", profile.GetProperty("user").GetString());
        Assert.True(profile.GetProperty("events").GetInt32() > 10);
        Assert.Equal(8, profile.GetProperty("vector").GetProperty("dim").GetInt32());
        Assert.Equal(4, profile.GetProperty("traits").GetArrayLength());
        Assert.Equal("centroid", Ask("profile", "--user", "nobody").GetProperty("fallback").GetString());
        JsonElement traits = Ask("traits");
        Assert.Equal(4, traits.GetProperty("k").GetInt32());
        Assert.Equal(60, traits.GetProperty("customers").GetInt32());
        foreach (string by in (string[])["traits", "vector"])
        {
            JsonElement alike = Ask("customers", "--similar", "c1", "--by", by, "--k", "3");
            Assert.Equal(3, alike.GetProperty("customers").GetArrayLength());
        }
        Assert.Equal(0, CliProcess.Run("profile", _scratch.Store, "--user", "nobody").ExitCode);
        CliProcess.Run("profile", _scratch.Store, "--user", "c1", "--vector", "soup").Fails(2, "soup");
        CliProcess.Run("profile", _scratch.Store, "--user", "c1", "--vector", "encoder").Fails(1, "encoder");
        CliProcess.Run("customers", _scratch.Store, "--similar", "c1", "--by", "name").Fails(2, "name");
    }

    [Fact]
    public void Search_ByUserAndByVector_AndWrongVectorsAreRefused()
    {
        JsonElement found = Ask("search", "--user", "c1", "--side", "out", "--k", "5");
        Assert.Equal("item2vec", found.GetProperty("space").GetString());
        long[] items = Items(found);
        Assert.Equal(5, items.Length);
        Assert.DoesNotContain(items[0], Items(
            Ask("search", "--user", "c1", "--side", "out", "--k", "5", "--deny", $"{items[0]}")));
        Assert.Equal([items[1]], Items(
            Ask("search", "--user", "c1", "--side", "out", "--k", "5", "--allow", $"{items[1]}")));
        Assert.Equal(5, Items(Ask("search", "--vector", "1,0,0,0,0,0,0,0.5", "--k", "5")).Length);
        void Refused(int code, string says, params string[] arguments) =>
            CliProcess.Run(["search", _scratch.Store, .. arguments]).Fails(code, says);
        Refused(2, "another space", "--vector", "1,2,3");
        Refused(2, "NaN", "--vector", "1,0,0,NaN,0,0,0,0");
        Refused(2, "holds", "--vector", "1,0,0,Infinity,0,0,0,0");
        Refused(1, "'x'", "--vector", "1,x");
        Refused(1, "bert", "--vector", "1,0,0,0,0,0,0,0", "--space", "bert");
        Refused(2, "over", "--user", "c1", "--side", "over");
        Refused(2, "--vector and --user", "--user", "c1", "--vector", "1");
        Refused(2, "--vector and --user");
    }

    [Fact]
    public void SimilarTokens_Observe_AndRefresh()
    {
        JsonElement similar = Ask("similar", "--token", "buy_3", "--k", "3");
        Assert.Equal(3, similar.GetProperty("tokens").GetArrayLength());
        CliProcess.Run("similar", _scratch.Store, "--token", "soup_3").Fails(1, "soup_3");
        Ask("observe", "--user", "fresh", "--item", "3");
        Assert.Equal(1, Ask("profile", "--user", "fresh").GetProperty("events").GetInt32());
        JsonElement refreshed = Ask("refresh");
        Assert.Equal(2, refreshed.GetProperty("version").GetInt32());
        Assert.Equal(1, refreshed.GetProperty("new_events").GetInt32());
        Assert.Equal(61, refreshed.GetProperty("users").GetInt32());
        Assert.Equal(1, Ask("profile", "--user", "fresh").GetProperty("events").GetInt32());
    }
}
