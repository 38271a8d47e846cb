// What the meters tell, as Prometheus reads it: names, labels, values, and nothing where nobody listens.

using System.Diagnostics.Metrics;
using System.Text;
using System.Text.RegularExpressions;
using EmbedEngine.Server.Metering;

namespace EmbedEngine.Tests.Serving;

public sealed partial class MetricsTests(ServedShop shop) : IClassFixture<ServedShop>
{
    private static readonly string[] s_labels =
        ["operation", "source", "fallback", "code", "outcome", "store", "path", "status", "le"];

    private async Task<string> Text() => await shop.Host.Client.GetStringAsync("/metrics");

    private static double Value(string text, string series) => double.Parse(
        text.Split('\n').Single(line => line.StartsWith(series + " ", StringComparison.Ordinal))
            .Split(' ')[^1], System.Globalization.CultureInfo.InvariantCulture);

    [Fact]
    public async Task Metrics_CountWhatWasAsked()
    {
        await shop.Host.Get("/v1/recommend", """{"events":[3,5],"source":"covisitation"}""");
        await shop.Host.Get("/v1/recommend", """{"events":[]}""");
        await shop.Host.Get("/v1/similar", """{"item":3}""");
        await shop.Host.Get("/v1/events", """{"user":"99","item":3}""");
        await shop.Host.Ask("/v1/search", """{"vector":[1]}""");
        string text = await Text();
        Assert.Contains(
            "embedengine_request_duration_seconds_count{operation=\"recommend\",source=\"covisitation\","
            + "fallback=\"none\"} ", text, StringComparison.Ordinal);
        Assert.Contains("source=\"hybrid\",fallback=\"empty_session\"", text, StringComparison.Ordinal);
        Assert.Contains("operation=\"similar\"", text, StringComparison.Ordinal);
        Assert.Contains(
            "embedengine_errors_total{operation=\"search\",code=\"EE_E_INVALID_ARGUMENT\"} ", text,
            StringComparison.Ordinal);
        Assert.True(Value(text, "embedengine_events_total") >= 1);
        Assert.Equal(1, Value(text, $"embedengine_model_version{{store=\"{shop.Name}\"}}"));
        Assert.InRange(Value(text, $"embedengine_model_age_seconds{{store=\"{shop.Name}\"}}"), 0, 3600);
        // Stores are measured once in a while, so that collections that follow each other cost nothing.
        for (int i = 0; i < 200 && Pending(text) < 1; i++)
        {
            await Task.Delay(100);
            text = await Text();
        }
        Assert.True(Pending(text) >= 1);
        Assert.Equal(0, Value(text, $"embedengine_store_problem{{store=\"{shop.Name}\"}}"));
        Assert.Contains(
            "embedengine_http_request_duration_seconds_count{path=\"/v1/similar\",status=\"200\"} ", text,
            StringComparison.Ordinal);
    }

    private double Pending(string text) =>
        Value(text, $"embedengine_log_pending_events{{store=\"{shop.Name}\"}}");

    /// <summary>Prometheus' rules, as its checker has them, and ours: no label of an item or a user.
    /// </summary>
    [Fact]
    public async Task Metrics_AreNamedByTheRules()
    {
        await shop.Host.Get("/v1/users/a%20%22b/recommend");
        string text = await Text();
        var types = new Dictionary<string, string>();
        foreach (Match type in TypeLine().Matches(text)) types[type.Groups[1].Value] = type.Groups[2].Value;
        Assert.True(types.Count >= 12, text);
        foreach ((string name, string type) in types)
        {
            Assert.Matches("^embedengine_[a-z_]+$", name);
            Assert.Contains($"# HELP {name} ", text, StringComparison.Ordinal);
            Assert.Equal(type == "counter", name.EndsWith("_total", StringComparison.Ordinal));
        }
        foreach (Match label in Label().Matches(text)) Assert.Contains(label.Groups[1].Value, s_labels);
    }

    [Fact]
    public async Task ClosedStores_AreNotToldOf()
    {
        using var metrics = new MetricsText("EmbedEngine");
        using var scratch = new StoreScratch();
        using (Engine engine = Engine.Open(Path.Combine(scratch.Root, "other.ee")))
            Assert.Contains("{store=\"other.ee\"}", Encoding.UTF8.GetString(await metrics.Collect()));
        Assert.DoesNotContain("{store=\"other.ee\"}", Encoding.UTF8.GetString(await metrics.Collect()));
    }

    [Fact]
    public void Pending_AreTheEventsNoTrainingTookUp()
    {
        using var scratch = new StoreScratch();
        scratch.MakeTrained(300, 20, StoreScratch.Least());
        using Engine engine = scratch.Open();
        Assert.Equal(0, engine.Measures().PendingEvents);
        for (int i = 0; i < 5; i++) engine.Observe("7", $"{i}");
        using Engine other = scratch.Open();
        other.Observe("8", "1");
        using (Engine reader = scratch.Open())
        {
            Assert.Equal(6, reader.Measures().PendingEvents);
            Assert.True(reader.Measures().PendingBytes > 6 * 20);
        }
        engine.Train(StoreScratch.Least(2));
        using Engine after = scratch.Open();
        Assert.Equal(0, after.Measures().PendingEvents);
    }

    [Fact]
    public void RequestsThatAreListenedTo_AllocateNothingOfTheEngine()
    {
        using Engine engine = shop.Open();
        Model model = engine.RequireModel();
        var results = new RecommendedItem[5];
        double told = 0;
        using var listener = new MeterListener();
        listener.InstrumentPublished = (i, l) =>
        {
            if (i.Name == "embedengine_request_duration_seconds") l.EnableMeasurementEvents(i);
        };
        listener.SetMeasurementEventCallback<double>((_, value, _, _) => told += value);
        listener.Start();
        SessionEvent[] session = [new SessionEvent(3)];
        Allocation.AssertNone(() => model.Recommend(session, results));
        Assert.True(told > 0);
    }

    [GeneratedRegex(@"^# TYPE (\S+) (\S+)$", RegexOptions.Multiline)]
    private static partial Regex TypeLine();

    [GeneratedRegex(@"[{,]([a-z]+)=""")]
    private static partial Regex Label();
}
