using EmbedEngine.Interactions.Corpus;
using EmbedEngine.Numerics;
using EmbedEngine.Storage;
using EmbedEngine.Tests.Interactions.Reading;

namespace EmbedEngine.Tests.Interactions.Corpus;

public sealed class TestCasesTests(ITestOutputHelper output) : IDisposable
{
    private readonly ImportScratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    private TestCases Read(string path) => TestCases.Read(
        EventSource.Auto(path), new ImportOptions(), _scratch.Actions, FileSystem.Real, _scratch.Temp,
        ProgressScope.None);

    [Fact]
    public void Read_Targets_KeepFileOrder_AndClusterPrefixes()
    {
        TestCases cases = Read(_scratch.Write("t.jsonl",
            "{\"session_id\":\"t0\",\"items\":[1,2,3],\"target\":9}\n"
            + "{\"session_id\":\"t1\",\"items\":[1,2],\"target\":3}\n"
            + "{\"session_id\":\"t2\",\"items\":[1],\"target\":2}\n"
            + "{\"session_id\":\"t3\",\"items\":[1],\"target\":5}\n"
            + "{\"session_id\":\"t4\",\"items\":[7],\"target\":8}\n"
            + "{\"session_id\":\"t5\",\"items\":[7,8],\"target\":1}\n"));
        Assert.Equal(6, cases.Count);
        Assert.Equal([0, 0, 0, 1, 2, 2], cases.Clusters);
        Assert.Equal(3, cases.ClusterCount);
        Assert.Equal([9, 3, 2, 5, 8, 1], cases.Targets!.Select(t => (int)cases.ItemKeys.Int64Key(t)));
        Assert.Equal([0, 3, 5, 6, 7, 8, 10], cases.Offsets);
        Assert.Equal("t3", cases.SessionTexts!.KeyString(cases.SessionIds[3]));
        Assert.False(cases.HasTimes);
    }

    [Fact]
    public void Read_Targets_WithoutSessionIds_AndBadTargets()
    {
        TestCases cases = Read(_scratch.Write("t.jsonl",
            "{\"items\":[1,2],\"target\":9}\n{\"items\":[4],\"target\":\"x\"}\n"
            + "{\"items\":[5],\"target\":6}\n"));
        Assert.Equal((2, 1L), (cases.Count, cases.Rejected));
        Assert.Equal(2, cases.FirstErrors[0].Line);
        var e = Assert.Throws<EmbedEngineException>(() =>
            Read(_scratch.Write("u.jsonl", "{\"items\":[1],\"target\":9}\n{\"items\":[1,2]}\n")));
        Assert.Contains("row 2", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_WholeSessions_EqualTheCorpus_AndLeaveTheStoreAlone()
    {
        string path = _scratch.Write(
            "a.csv", "session,item,ts,event\n2,5,9,view\n1,7,3,wish\n2,6,8,cart\n1,7,4,wish\n3,1,1,view\n");
        TestCases cases = Read(path);
        Assert.Equal((0L, 4), (_scratch.Items.Count, _scratch.Actions.Count));
        Assert.Null(cases.Targets);
        _scratch.Import(path);
        SessionCorpus corpus = _scratch.Load();
        Assert.Equal(corpus.Items, cases.Items);
        Assert.Equal(corpus.TimesMs, cases.TimesMs);
        Assert.Equal(corpus.SessionIds, cases.SessionIds);
        Assert.Equal("wish", cases.Actions.Name(cases.ActionCodes[0]));
        Assert.Empty(Directory.GetFiles(_scratch.Temp));
    }

    [Fact]
    public void Read_DigineticaTest_Has60858Cases()
    {
        if (ImportScratch.RealData("diginetica_test.jsonl.gz") is not { } path)
        {
            Assert.Skip("no diginetica_test.jsonl.gz: set EMBEDENGINE_DATA");
            return;
        }
        TestCases cases = Read(path);
        output.WriteLine($"{cases.Count} cases, {cases.ClusterCount} clusters");
        Assert.Equal(60858, cases.Count);
        Assert.Equal(60858, cases.Targets!.Length);
        Assert.InRange(cases.ClusterCount, 10_000, 25_000); // The published test week has 15,979 sessions.
    }
}
