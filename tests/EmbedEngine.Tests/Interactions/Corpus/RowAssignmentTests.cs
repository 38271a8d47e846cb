using EmbedEngine.Interactions.Corpus;
using EmbedEngine.Tests.Interactions.Reading;

namespace EmbedEngine.Tests.Interactions.Corpus;

public sealed class RowAssignmentTests : IDisposable
{
    private readonly ImportScratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    private SessionCorpus Corpus()
    {
        _scratch.Import(_scratch.Write("a.csv", """
            session,item,ts,action
            1,100,1000,clicks
            1,200,2000,carts
            1,100,3000,remove
            2,200,11000,clicks
            2,300,12000,orders
            3,400,21000,clicks
            3,300,22000,wishes
            """));
        return _scratch.Load();
    }

    [Fact]
    public void Of_AllSessions_OrdersByCountThenOrdinal()
    {
        SessionCorpus corpus = Corpus();
        RowAssignment rows = RowAssignment.Of(corpus, [0, 1, 2]);
        // Items 100, 200, 300 were seen twice, 400 once; ordinals are by first appearance.
        Assert.Equal([100, 200, 300, 400], rows.Ordinals.Select(_scratch.Items.Int64Key));
        Assert.Equal([2, 2, 2, 1], rows.Counts);
    }

    [Fact]
    public void Of_SomeSessions_LeavesOutItemsOfTheOthers()
    {
        SessionCorpus corpus = Corpus();
        RowAssignment rows = RowAssignment.Of(corpus, [2]);
        Assert.Equal([300, 400], rows.Ordinals.Select(_scratch.Items.Int64Key));
        Assert.Equal([RowAssignment.None, RowAssignment.None, 0, 1], rows.RowOfOrdinal);
        TrainingSet set = rows.ToTrainingSet(corpus, [2], _scratch.Actions);
        Assert.Equal([1, 0], set.Rows);
        Assert.Equal(2, set.RowCount);
    }

    [Fact]
    public void Of_OtherItems_ComeLastWithoutEvents_ByOrdinal()
    {
        SessionCorpus corpus = Corpus();
        RowAssignment rows = RowAssignment.Of(corpus, [2], also: [0, 1, 3, 6]);
        Assert.Equal([2, 3, 0, 1, 6], rows.Ordinals);
        Assert.Equal([1, 1, 0, 0, 0], rows.Counts);
        Assert.Equal([2, 3, 0, 1, RowAssignment.None, RowAssignment.None, 4], rows.RowOfOrdinal);
        TrainingSet set = rows.ToTrainingSet(corpus, [2], _scratch.Actions);
        Assert.Equal([1, 0], set.Rows);
        Assert.Equal(5, set.RowCount);
    }

    [Fact]
    public void Of_HeldOutItems_HaveARowAndNoEvents()
    {
        SessionCorpus corpus = Corpus();
        RowAssignment rows = RowAssignment.Of(corpus, [0, 1, 2], [0, 1, 2, 3], [false, true]);
        Assert.Equal([0, 2, 3, 1], rows.Ordinals);
        Assert.Equal([2, 2, 1, 0], rows.Counts);
        Assert.Equal(3, rows.RowOfOrdinal[1]);
        TrainingSet set = rows.ToTrainingSet(corpus, [0, 1, 2], _scratch.Actions);
        Assert.Equal([0, 0, 1, 2, 1], set.Rows);
    }

    [Fact]
    public void ToTrainingSet_KeepsOrderTimesActionsAndWeights()
    {
        SessionCorpus corpus = Corpus();
        TrainingSet set = RowAssignment.Of(corpus, [0, 1, 2]).ToTrainingSet(corpus, [1, 0], _scratch.Actions);
        Assert.Equal([0, 2, 5], set.Offsets);
        Assert.Equal([1, 2, 0, 1, 0], set.Rows);
        // Whatever unit the import found, order and distances stay.
        Assert.Equal(corpus.TimesMs[3], set.TimesMs[0]);
        Assert.Equal(corpus.TimesMs[0], set.TimesMs[2]);
        Assert.Equal(corpus.TimesMs[4], set.NewestMs());
        Assert.Equal([1f, 5, 1, 3, -2], set.Actions.Select(a => set.ActionWeights[a]));
        Assert.Equal((2, 5L), (set.SessionCount, set.EventCount));
        Assert.Equal(1f, set.ActionWeights[255]);
    }

    [Fact]
    public void NewestMs_WithoutTimes_IsNoTime() => Assert.Equal(
        TrainingSet.NoTime,
        new TrainingSet([0, 1], [0], [TrainingSet.NoTime], [0], 1, new float[256]).NewestMs());
}
