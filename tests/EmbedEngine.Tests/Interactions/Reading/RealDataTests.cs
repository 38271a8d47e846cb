// The public data sets, without any option: header names, units and key kinds are found. Skipped where they
// are absent.

using EmbedEngine.Interactions.Corpus;

namespace EmbedEngine.Tests.Interactions.Reading;

public sealed class RealDataTests(ITestOutputHelper output)
{
    // Figures are accepted rows and sessions of the raw files; duplicates are rows equal in session, item,
    // action, time.
    [Theory]
    [InlineData("news_7d.csv.gz", 1427332, 501584, true)]
    [InlineData("diginetica_train.jsonl.gz", 906140, 186670, false)]
    [InlineData("yoochoose100k_train.tsv.gz", 70278, 17794, true)]
    [InlineData("deskdrop.csv.gz", 72312, 28740, true)]
    [InlineData("otto_sample.jsonl", 862, 20, true)]
    public void Import_PublicDataSet_HasItsKnownCounts(string name, long rows, long sessions, bool hasTimes)
    {
        if (ImportScratch.RealData(name) is not { } path)
        {
            Assert.Skip($"no {name}: set EMBEDENGINE_DATA");
            return;
        }
        using var scratch = new ImportScratch();
        TimeSpan cpu = Environment.CpuUsage.TotalTime;
        ImportReport report = scratch.Import(path);
        cpu = Environment.CpuUsage.TotalTime - cpu;
        output.WriteLine($"{name}: {report} cpu {cpu.TotalSeconds:f2} s; segment "
            + $"{new FileInfo(scratch.Segments[0]).Length}");
        output.WriteLine(string.Join(", ", report.EventsByAction));
        Assert.Equal(rows, report.Events);
        Assert.Equal(sessions, report.Sessions);
        Assert.Equal(0, report.Rejected);
        SessionCorpus corpus = scratch.Load();
        output.WriteLine($"corpus {corpus.SessionCount} sessions, {corpus.EventCount} events");
        Assert.Equal(hasTimes, corpus.HasTimes);
        Assert.Equal(report.Sessions - report.ShortSessions, corpus.SessionCount);
    }
}
