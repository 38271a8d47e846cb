namespace EmbedEngine.Tests.Pipelines.Replay;

public sealed class InspectTests : IDisposable
{
    private readonly StoreScratch _scratch = new();
    private readonly Engine _engine;

    public InspectTests()
    {
        string csv =
            "session,item,ts,action,title,category\n" + string.Concat(Enumerable.Range(0, 60).Select(i =>
            $"s{i},a,{1700000000 + i * 100},click,Apple,fruit\n"
            + $"s{i},b,{1700000001 + i * 100},cart,Bread,bakery\n"
            + $"s{i},c{i % 3},{1700000002 + i * 100},order,,\n"));
        _engine = _scratch.Open();
        _engine.Import(EventSource.Auto(_scratch.Write("log.csv", csv)));
        _engine.Train(StoreScratch.Tiny());
    }

    public void Dispose()
    {
        _engine.Dispose();
        _scratch.Dispose();
    }

    [Fact]
    public void Inspect_SessionOfTheLog_StepByStep()
    {
        InspectReport report = _engine.Inspect(
            new InspectOptions { Session = "s7", K = 3, Source = CandidateSourceKind.Covisitation });
        Assert.Equal(
            ("s7", true, null, "covisitation"), (report.Session, report.Trained, report.File, report.Source));
        Assert.Equal(2, report.Steps.Count);
        InspectStep first = report.Steps[0];
        Assert.Equal(["a"], first.History.Select(e => e.Item));
        Assert.Equal(("clicks", "Apple", "fruit", true), (
            first.History[0].Action, first.History[0].Title, first.History[0].Category,
            first.History[0].Known));
        Assert.Equal(("b", "carts", "Bread"), (first.Truth.Item, first.Truth.Action, first.Truth.Title));
        Assert.Equal(1, first.Rank);
        Assert.Equal(first.Rank, first.Ranks["covisitation"]);
        Assert.Null(first.Ranks["self"]); // b was not in the session
        InspectItem top = first.Items[0];
        Assert.Equal(("b", true, "a", "covisitation", "Bread"),
            (top.Item, top.IsTruth, top.Because, top.By, top.Title));
        Assert.Equal(["a", "b"], report.Steps[1].History.Select(e => e.Item));
        Assert.Equal("c1", report.Steps[1].Truth.Item);
        Assert.Contains("\"truth\":{\"item\":\"b\"", report.ToJson(), StringComparison.Ordinal);
    }

    [Fact]
    public void Inspect_RanksAgreeWithTheAnswer_AndStepsAreLimited()
    {
        InspectReport report = _engine.Inspect(new InspectOptions { K = 5, Steps = 1, Seed = 3 });
        InspectStep step = Assert.Single(report.Steps);
        int place = step.Items.ToList().FindIndex(i => i.IsTruth);
        Assert.Equal(step.Rank, place + 1);
        // The same seed draws the same session; its key brings it back.
        Assert.Equal(report.Session, _engine.Inspect(new InspectOptions { Seed = 3 }).Session);
        Assert.Equal(3 - 1, _engine.Inspect(new InspectOptions { Session = report.Session }).Steps.Count);
    }

    [Fact]
    public void Inspect_TestFile_UnknownItemsAndTargets()
    {
        string sessions =
            _scratch.Write("t.jsonl", "{\"session_id\":\"x\",\"items\":[\"nobody\",\"a\",\"none\"]}\n");
        InspectReport report =
            _engine.Inspect(new InspectOptions { Test = EventSource.SessionsJsonl(sessions), Session = "x" });
        Assert.Equal((false, sessions, 2), (report.Trained, report.File, report.Steps.Count));
        Assert.Equal(Fallback.EmptySession, report.Steps[0].Fallback);
        Assert.False(report.Steps[0].History[0].Known);
        Assert.Null(report.Steps[1].Rank);
        Assert.False(report.Steps[1].Truth.Known);
        string targets =
            _scratch.Write("g.jsonl", "{\"session_id\":\"y\",\"items\":[\"a\"],\"target\":\"b\"}\n");
        InspectStep step = Assert.Single(_engine.Inspect(
            new InspectOptions { Test = EventSource.SessionsJsonl(targets), Session = "y" }).Steps);
        Assert.Equal(("b", null), (step.Truth.Item, step.Truth.Action));
    }

    [Fact]
    public void Inspect_WhatIsNotThere_SaysSo()
    {
        EmbedEngineException e =
            Assert.Throws<EmbedEngineException>(() => _engine.Inspect(new InspectOptions { Session = "zz" }));
        Assert.Equal(ErrorCode.Unknown, e.Code);
        Assert.Contains("'zz'", e.Message, StringComparison.Ordinal);
        Assert.Equal(ErrorCode.Unknown, Assert.Throws<EmbedEngineException>(
            () => _engine.Inspect(new InspectOptions { Source = CandidateSourceKind.Traits })).Code);
        Assert.Throws<ArgumentOutOfRangeException>(() => _engine.Inspect(new InspectOptions { K = 0 }));
    }
}
