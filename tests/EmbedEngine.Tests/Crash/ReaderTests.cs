// Readers in other processes answer while versions come and go under them: every answer is one version's answer.

using Xunit.Abstractions;

namespace EmbedEngine.Tests.Crash;

public sealed class ReaderTests(ITestOutputHelper output) : IDisposable
{
    private readonly StoreScratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Readers_WhileVersionsArePublishedAndCollected_AnswerAsExactlyOneVersion()
    {
        (int readers, int threads, int versions) = TestScale.Full ? (4, 4, 500) : (2, 2, 30);
        _scratch.MakeTrained(300, 15);
        using Engine writer = _scratch.Open();
        HashSet<string> known = [ChildProgram.AnswerOf(writer.RequireModel())];
        List<ChildProcess> children = [.. Enumerable.Range(0, readers)
            .Select(_ => new ChildProcess("read", _scratch.Store, $"{threads}"))];
        try
        {
            children.ForEach(c => c.WaitForReady());
            int collected = 0;
            for (int i = 0; i < versions; i++)
            {
                // Known before it can be read: published only after its answer was written down.
                long number = writer.Train(StoreScratch.Tiny(seed: (ulong)i + 2, publish: false)).Number;
                using (Model model = writer.OpenModel(number)) known.Add(ChildProgram.AnswerOf(model));
                writer.Publish(number);
                collected += writer.Collect(1).Collected.Count;
            }
            var seen = new HashSet<string>();
            foreach (ChildProcess child in children)
            {
                List<string> lines = child.Finish();
                Assert.Equal("done", lines[^1]);
                foreach (string line in lines[..^1])
                {
                    Assert.True(known.Contains(line), $"no version answers {line}");
                    seen.Add(line.Split(' ')[0]);
                }
            }
            output.WriteLine($"{versions} versions, {collected} collected, {seen.Count} answered");
            Assert.InRange(seen.Count, 2, versions + 1);
            writer.Collect(0);
            Assert.Equal(writer.Versions().Count, Directory.GetDirectories(Path.Combine(_scratch.Store, "versions")).Length);
        }
        finally
        {
            children.ForEach(c => c.Dispose());
        }
    }
}
