// Readers in other processes answer while versions come and go under them: every answer is one version's
// answer.

namespace EmbedEngine.Tests.Crash;

public sealed class ReaderTests(ITestOutputHelper output) : IDisposable
{
    private readonly StoreScratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    /// <summary>
    /// One publish in this many is a training, which also gives the collection something to do.
    /// </summary>
    private const int PublishesATraining = 10;

    private const int Prepared = 6;

    [Fact]
    public void Readers_WhileVersionsArePublishedAndCollected_AnswerAsExactlyOneVersion()
    {
        int publishes = TestScale.Count("EMBEDENGINE_PUBLISHES", 40, 500);
        (int readers, int threads) = publishes < 100 ? (2, 2) : (4, 4);
        _scratch.MakeTrained(300, 15);
        using Engine writer = _scratch.Open();
        HashSet<string> known = [ChildProgram.AnswerOf(writer.RequireModel())];
        List<long> prepared =
            [.. Enumerable.Range(0, Prepared).Select(i => Train(writer, (ulong)i + 2, known))];
        for (int i = 0; i < Prepared; i++) writer.SetAlias($"prepared-{i}", prepared[i]); // never collected
        List<ChildProcess> children = [.. Enumerable.Range(0, readers)
            .Select(_ => new ChildProcess("read", _scratch.Store, $"{threads}"))];
        try
        {
            children.ForEach(c => c.WaitForReady());
            int collected = 0;
            for (int i = 0; i < publishes; i++)
            {
                if (i % PublishesATraining == 0) writer.Publish(Train(writer, (ulong)i + 100, known));
                else if (i % 3 == 0) writer.Rollback(prepared[i % Prepared]);
                else writer.Publish(prepared[i % Prepared]);
                collected += writer.Collect(1).Collected.Count;
            }
            (HashSet<string> seen, long answers) = Answers(children, known);
            output.WriteLine(
                $"{readers} x {threads} readers, {publishes} publishes, {collected} collected: "
                + $"{answers} answers of {seen.Count} versions");
            Assert.InRange(seen.Count, Math.Min(Prepared, publishes / 10), publishes + 1);
            writer.Collect(0);
            Assert.Equal(writer.Versions().Count,
                Directory.GetDirectories(Path.Combine(_scratch.Store, "versions")).Length);
        }
        finally
        {
            children.ForEach(c => c.Dispose());
        }
    }

    /// <summary>A version whose answer is known before it can be read.</summary>
    private static long Train(Engine writer, ulong seed, HashSet<string> known)
    {
        long number = writer.Train(StoreScratch.Tiny(seed, publish: false)).Number;
        using Model model = writer.OpenModel(number);
        known.Add(ChildProgram.AnswerOf(model));
        return number;
    }

    /// <summary>
    /// Versions that the readers have seen and how often they answered; every answer must be a version's.
    /// </summary>
    private static (HashSet<string> Seen, long Answers) Answers(
        List<ChildProcess> children, HashSet<string> known)
    {
        var seen = new HashSet<string>();
        long answers = 0;
        foreach (ChildProcess child in children)
        {
            List<string> lines = child.Finish();
            Assert.StartsWith("done ", lines[^1], StringComparison.Ordinal);
            answers += long.Parse(lines[^1][5..]);
            foreach (string line in lines[..^1])
            {
                Assert.True(known.Contains(line), $"no version answers {line}");
                seen.Add(line.Split(' ')[0]);
            }
        }
        return (seen, answers);
    }
}
