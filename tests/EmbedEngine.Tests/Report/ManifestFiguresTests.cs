using EmbedEngine.Report.Measures;

namespace EmbedEngine.Tests.Report;

public sealed class ManifestFiguresTests
{
    [Fact]
    public void Read_GateAndRankers_AreTaken()
    {
        ManifestFigures figures = ManifestFigures.Read("""
            {"gate":{"metric":"mrr","ranker_minus":{"self":[0.2,0.1,0.3],"item2vec":[-0.01,-0.02,0.01]}},
             "rankers":{"ranker":{"trees":7,"importance":{"a":0.25,"b":0.75}},"ranker_user":{}}}
            """);
        Assert.Equal("mrr", figures.GateMetric);
        Assert.Equal(
            [new GateMargin("self", new Measured(.2, .1, .3)),
                new GateMargin("item2vec", new Measured(-.01, -.02, .01))], figures.Margins);
        Assert.Equal(["ranker", "ranker_user"], figures.Rankers.Select(r => r.Name));
        Assert.Equal(7, figures.Rankers[0].Trees);
        Assert.Equal([("b", .75), ("a", .25)], figures.Rankers[0].Features);
        Assert.Empty(figures.Rankers[1].Features);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("{\"gate\":null,\"rankers\":null}")]
    [InlineData("{\"gate\":{\"metric\":\"recall\"},\"rankers\":{}}")]
    public void Read_ManifestWithout_IsEmpty(string manifest)
    {
        ManifestFigures figures = ManifestFigures.Read(manifest);
        Assert.Empty(figures.Margins);
        Assert.Empty(figures.Rankers);
    }
}
