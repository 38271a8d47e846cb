// Tokens of items with their actions: of a shop where every article that is carted is bought next.

using System.Globalization;
using System.Text;

namespace EmbedEngine.Tests.Pipelines.Train;

public sealed class ActionItemTests : IDisposable
{
    private const int Articles = 30;

    private readonly StoreScratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    private static string Log()
    {
        var random = new Random(1);
        var text = new StringBuilder("session,item,time,action\n");
        for (int session = 0; session < 3000; session++)
        {
            // They look at two others, and the one they carted they buy.
            int wanted = random.Next(Articles), time = 1_700_000_000 + (session * 100);
            (string Action, int Item)[] events =
            [
                ("clicks", random.Next(Articles)), ("clicks", random.Next(Articles)), ("clicks", wanted),
                ("carts", wanted), ("orders", wanted),
            ];
            foreach ((string action, int item) in events)
                text.Append(CultureInfo.InvariantCulture, $"{session},{item},{time++},{action}\n");
        }
        return text.ToString();
    }

    private static TrainOptions Options(
        string tokens = "action_item", int threads = 1, params (string Name, string Value)[] more) =>
        StoreScratch.Tiny(threads: threads, settings: [("tokens", tokens), ("ranker", "0"), ("epochs", "8"),
            ("min_count", "1"), ("window", "4"), ("dimensions", "32"), ("method", "item2vec"), .. more]);

    private Engine Imported()
    {
        Engine engine = _scratch.Open();
        engine.Import(EventSource.Csv(_scratch.Write("log.csv", Log())));
        return engine;
    }

    private Engine Trained(string tokens)
    {
        Engine engine = Imported();
        engine.Train(Options(tokens));
        return engine;
    }

    private static string Digest(Engine engine, int threads, params (string Name, string Value)[] more) =>
        StoreScratch.Digests(engine.Train(Options(threads: threads, more: more))).Split('\n')
            .Single(line => line.StartsWith("action_items ", StringComparison.Ordinal));

    [Fact]
    public void SimilarTokens_CartOfX_IsNearItsOwnPurchase()
    {
        using Engine engine = Trained("action_item");
        Model model = engine.RequireModel();
        int near = 0;
        for (int item = 0; item < Articles; item++)
        {
            IReadOnlyList<SimilarToken> tokens = model.SimilarTokens($"cart_{item}", 5);
            Assert.Equal(5, tokens.Count);
            Assert.DoesNotContain(tokens, t => t.Token == $"cart_{item}");
            Assert.Equal(tokens.Select(t => t.Score).OrderDescending(), tokens.Select(t => t.Score));
            Assert.All(tokens, t => Assert.InRange(t.Score, -1.001f, 1.001f));
            if (tokens.Any(t => t.Token == $"view_{item}" || t.Token == $"buy_{item}")) near++;
        }
        Assert.True(near >= 24, $"{near} of {Articles} carts are near their own article");
        Assert.Equal((3 * Articles) - 1, model.SimilarTokens("buy_3", 1000).Count);
        foreach (string unknown in (string[])["buy_77", "3", "steal_3", "cart_"])
        {
            var fault = Assert.Throws<EmbedEngineException>(() => model.SimilarTokens(unknown));
            Assert.Equal(ErrorCode.Unknown, fault.Code);
            Assert.Contains("view, cart, buy", fault.Message, StringComparison.Ordinal);
        }
        Assert.Throws<ArgumentOutOfRangeException>(() => model.SimilarTokens("buy_3", 0));
        Assert.Empty(engine.Verify(full: true).Faults);
    }

    /// <summary>Vectors of items are the same with and without, and a version without says how to get
    /// them.</summary>
    [Fact]
    public void Train_WithoutTokens_HasNone()
    {
        using Engine engine = Trained("item");
        string before = StoreScratch.Answers(engine);
        var fault = Assert.Throws<EmbedEngineException>(() => engine.RequireModel().SimilarTokens("cart_3"));
        Assert.Contains("--tokens action-item", fault.Message, StringComparison.Ordinal);
        engine.Train(Options(more: ("token_weights", "orders:9")));
        Assert.Equal(before, StoreScratch.Answers(engine));
    }

    /// <summary>Actions of one prefix make one token, and a version answers by the names it was trained
    /// with.</summary>
    [Fact]
    public void TokenNames_OfTwoActions_AreOneToken()
    {
        using Engine engine = Imported();
        engine.Train(Options(more: ("token_names", "clicks:look at,cart:want,orders:want")));
        Model model = engine.RequireModel();
        Assert.Equal((2 * Articles) - 1, model.SimilarTokens("want_3", 1000).Count);
        Assert.Equal(
            ["look at", "want"],
            model.SimilarTokens("want_3", 1000).Select(t => t.Token.Split('_')[0]).Distinct().Order());
        var fault = Assert.Throws<EmbedEngineException>(() => model.SimilarTokens("cart_3"));
        Assert.Contains("look at, want, remove", fault.Message, StringComparison.Ordinal);
        string[] before = [.. model.SimilarTokens("want_3", 9).Select(t => t.Token)];
        engine.Refresh();
        Assert.Equal(before, engine.RequireModel().SimilarTokens("want_3", 9).Select(t => t.Token));
        Assert.Empty(engine.Verify(full: true).Faults);
    }

    /// <summary>Two names of an import for one token are one token too.</summary>
    [Fact]
    public void ImportedActions_OfOnePrefix_AreOneToken()
    {
        using Engine engine = _scratch.Open();
        string log = Log().Replace("orders", "buy again", StringComparison.Ordinal);
        engine.Import(EventSource.Csv(_scratch.Write("log.csv", log)),
            new ImportOptions { Actions = ActionMapping.ParseList("buy again=cart:4") });
        engine.Train(Options());
        Assert.Equal((2 * Articles) - 1, engine.RequireModel().SimilarTokens("cart_3", 1000).Count);
    }

    [Fact]
    public void TokenWeights_Equal_AreNone_OthersAreTheirOwn()
    {
        using Engine engine = Imported();
        string none = Digest(engine, 1);
        string imported = Digest(engine, 1, ("token_weights", "imported"));
        Assert.Equal(none, Digest(engine, 2));
        Assert.Equal(none, Digest(engine, 1, ("token_weights", "clicks:.3,carts:.3,orders:.3,remove:.3")));
        Assert.NotEqual(none, imported);
        Assert.Equal(imported, Digest(engine, 3, ("token_weights", "clicks:1,carts:3,buy:5")));
        Assert.Equal(imported, Digest(engine, 1, ("token_weights", "carts:6,imported,clicks:2,orders:10")));
    }

    /// <summary>What counts nothing makes no token; a removal as imported counts once.</summary>
    [Fact]
    public void TokenWeights_OfZero_MakeNoToken()
    {
        using Engine engine = _scratch.Open();
        engine.Import(EventSource.Csv(_scratch.Write(
            "log.csv", Log().Replace("carts", "remove", StringComparison.Ordinal))));
        engine.Train(Options(more: ("token_weights", "imported,clicks:0")));
        Model model = engine.RequireModel();
        Assert.Equal((2 * Articles) - 1, model.SimilarTokens("remove_3", 1000).Count);
        Assert.Throws<EmbedEngineException>(() => model.SimilarTokens("view_3"));
    }

    [Theory]
    [InlineData("token_names", "clicks")]
    [InlineData("token_names", "clicks:")]
    [InlineData("token_names", ":view")]
    [InlineData("token_names", "clicks:a,CLICKS:b")]
    [InlineData("token_weights", "clicks")]
    [InlineData("token_weights", "clicks:-1")]
    [InlineData("token_weights", "clicks:NaN")]
    [InlineData("token_weights", "clicks:1001")]
    [InlineData("token_weights", "imported,imported")]
    [InlineData("token_weights", "clicks:1,clicks:1")]
    public void TokenSettings_OfNoSense_AreErrorsThatNameThem(string setting, string value)
    {
        var fault = Assert.ThrowsAny<ArgumentException>(() => Options(more: (setting, value)).Validate());
        Assert.Contains($"setting {setting}", fault.Message, StringComparison.Ordinal);
    }

    /// <summary>What only the store can tell is told before anything is trained.</summary>
    [Theory]
    [InlineData("token_names", "wishes:wish", "no action 'wishes'; it has clicks, carts, orders, remove")]
    [InlineData("token_names", "view:a,clicks:b", "'clicks' is clicks, which is named twice")]
    [InlineData("token_weights", "wishes:2", "no action 'wishes'")]
    [InlineData("token_weights", "order:1,orders:2", "named twice")]
    [InlineData("token_weights", "clicks:0,carts:0,orders:0,remove:0", "every action has weight 0")]
    public void TokenSettings_ThatTheStoreDoesNotKnow_AreErrorsThatNameThem(
        string setting, string value, string reason)
    {
        using Engine engine = Imported();
        var fault = Assert.Throws<EmbedEngineException>(() => engine.Train(Options(more: (setting, value))));
        Assert.Equal(ErrorCode.InvalidArgument, fault.Code);
        Assert.Contains($"setting {setting}: ", fault.Message, StringComparison.Ordinal);
        Assert.Contains(reason, fault.Message, StringComparison.Ordinal);
    }
}
