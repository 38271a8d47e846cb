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

    private Engine Trained(string tokens)
    {
        Engine engine = _scratch.Open();
        engine.Import(EventSource.Csv(_scratch.Write("log.csv", Log())));
        engine.Train(StoreScratch.Tiny(settings: [("tokens", tokens), ("ranker", "0"), ("epochs", "8"),
            ("min_count", "1"), ("window", "4"), ("dimensions", "32")]));
        return engine;
    }

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
        engine.Train(StoreScratch.Tiny(settings: [("tokens", "action_item"), ("ranker", "0"), ("epochs", "8"),
            ("min_count", "1"), ("window", "4"), ("dimensions", "32")]));
        Assert.Equal(before, StoreScratch.Answers(engine));
    }
}
