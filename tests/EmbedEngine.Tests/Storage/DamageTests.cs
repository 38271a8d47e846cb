// Every byte flipped, every length cut: with full verification a clear error or the same answer; with the
// header's only, any of our errors or any answer, but never a crash, a hang or a read out of bounds.

using EmbedEngine.Interactions.Log;
using EmbedEngine.Storage;

namespace EmbedEngine.Tests.Storage;

public sealed class DamageTests : IDisposable
{
    private readonly StoreScratch _scratch = new();

    public DamageTests() => _scratch.MakeTrained(150, 10);

    public void Dispose() => _scratch.Dispose();

    private string Version => Path.Combine(_scratch.Store, "versions", 1.ToString("D20"));

    private string Segment => Path.Combine(_scratch.Store, "events", "000001.eel");

    [Fact]
    public void Artifact_AnyByteFlipped_FullVerificationFindsIt()
    {
        int step = TestScale.Full ? 1 : 7;
        foreach (string file in Directory.GetFiles(Version))
        {
            string kind;
            byte[] bytes = File.ReadAllBytes(file);
            using (MappedFile mapped = FileSystem.Real.Map(file)) kind =
                ArtifactFormat.Decode(mapped).Header.Kind;
            using (FileStream stream = Unlocked(file))
            {
                for (int at = 0; at < bytes.Length; at += step)
                {
                    Put(stream, at, (byte)(bytes[at] ^ (1 << (at % 8))));
                    EmbedEngineException e = Assert.ThrowsAny<EmbedEngineException>(
                        () => ArtifactFile.Open(FileSystem.Real, file, kind, VerifyLevel.Full).Dispose());
                    Assert.True(e.Code is ErrorCode.Corrupt or ErrorCode.Format, e.Message);
                    Put(stream, at, bytes[at]);
                }
            }
            ArtifactFile.Open(FileSystem.Real, file, kind, VerifyLevel.Full).Dispose();
        }
    }

    [Fact]
    public void Artifact_AnyByteFlipped_QueriesEndWellOrWithOurException()
    {
        int step = TestScale.Full ? 3 : 607;
        int errors = 0, answers = 0;
        foreach (string file in Directory.GetFiles(Version))
        {
            byte[] bytes = File.ReadAllBytes(file);
            using FileStream stream = Unlocked(file);
            for (int at = 0; at < bytes.Length; at += step)
            {
                // The high bits of numbers do the most harm.
                Put(stream, at, (byte)(bytes[at] ^ (at % 2 == 0 ? 0x80 : 1 << (at % 7))));
                try
                {
                    Query();
                    answers++;
                }
                catch (EmbedEngineException e)
                {
                    // Unknown: what is left of the table no longer holds the item that was asked for.
                    Assert.True(e.Code is not (ErrorCode.Internal or ErrorCode.Io), e.ToString());
                    errors++;
                }
                Put(stream, at, bytes[at]);
            }
        }
        Assert.True(errors > 0 && answers > 0, $"{errors} errors, {answers} answers");
    }

    private void Query()
    {
        using Engine engine = _scratch.Open();
        using Model model = engine.OpenModel(1);
        var results = new RecommendedItem[20];
        for (long item = 0; item < 10; item++)
        {
            model.Recommend([new SessionEvent(item), new SessionEvent(item + 1)], results);
            foreach (CandidateSourceKind kind in SourceNames.All.Where(model.Served.Recommender.Has))
                model.Recommend([new SessionEvent(item), new SessionEvent(9)], results, new RecommendOptions {
                    Source = kind });
            model.Similar(item, results);
        }
        model.Recommend([], results);
    }

    [Fact]
    public void SmallFile_AnyPrefix_IsAClearError()
    {
        int step = TestScale.Full ? 1 : 37;
        foreach (string file in Directory.GetFiles(Version))
        {
            byte[] bytes = File.ReadAllBytes(file);
            string kind;
            using (MappedFile mapped = FileSystem.Real.Map(file)) kind =
                ArtifactFormat.Decode(mapped).Header.Kind;
            for (int length =
                bytes.Length - 1; length >= 0; length -= length < 5000 ? Math.Min(step, 5) : step)
            {
                using (FileStream stream = File.OpenWrite(file)) stream.SetLength(length);
                Assert.Throws<CorruptFileException>(
                    () => ArtifactFile.Open(FileSystem.Real, file, kind).Dispose());
            }
            File.WriteAllBytes(file, bytes);
        }
    }

    [Fact]
    public void Segment_AnyByteFlippedOrAnyPrefix_IsAnErrorOrTheSameEvents()
    {
        byte[] bytes = File.ReadAllBytes(Segment);
        List<string> sound = LoggedEvents.Of(FileSystem.Real, _scratch.Store);
        int same = 0;
        for (int at = 0; at < bytes.Length; at++)
        {
            byte[] damaged = [.. bytes];
            damaged[at] ^= (byte)(1 << (at % 8));
            same += Read(damaged) is List<string> found && Same(found, sound) ? 1 : 0;
            if (Read(bytes[..at]) is List<string> less) Assert.True(less.Count < sound.Count);
        }
        Assert.InRange(same, 0, 8);

        List<string>? Read(byte[] content)
        {
            File.WriteAllBytes(Segment, content);
            try
            {
                return LoggedEvents.Of(FileSystem.Real, _scratch.Store);
            }
            catch (EmbedEngineException)
            {
                return null;
            }
        }
    }

    private static bool Same(List<string> found, List<string> sound)
    {
        Assert.Equal(sound, found); // not an error, so it must be right
        return true;
    }

    [Fact]
    public void LiveLog_AnyByteFlippedOrAnyPrefix_GivesTheEventsBeforeTheDamage()
    {
        using (Engine engine = _scratch.Open())
        {
            for (int i = 0; i < 5; i++) engine.Observe($"user{i}", $"{i}", timeMs: i);
        }
        string file = Assert.Single(Directory.GetFiles(Path.Combine(_scratch.Store, "events"), "live-*"));
        byte[] bytes = File.ReadAllBytes(file);
        List<LiveEvent> sound = Read(bytes)!;
        Assert.Equal(5, sound.Count);
        for (int at = 0; at < bytes.Length; at++)
        {
            for (int bit = 0; bit < 8; bit++)
            {
                byte[] damaged = [.. bytes];
                damaged[at] ^= (byte)(1 << bit);
                if (Read(damaged) is List<LiveEvent> found) Assert.Equal(sound.Take(found.Count), found);
                else Assert.InRange(at, 0, LiveLog.HeaderBytes - 1);
            }
            Assert.Equal(sound.Take(Read(bytes[..at])!.Count), Read(bytes[..at])!);
        }

        List<LiveEvent>? Read(byte[] content)
        {
            File.WriteAllBytes(file, content);
            var events = new List<LiveEvent>();
            using MappedFile mapped = FileSystem.Real.Map(file);
            try
            {
                LiveLog.Read(mapped, 0, events);
                return events;
            }
            catch (EmbedEngineException)
            {
                return null;
            }
        }
    }

    /// <summary>A handle whose lock lets readers in.</summary>
    private static FileStream Unlocked(string file) => new(
        file, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);

    private static void Put(FileStream stream, long at, byte value)
    {
        stream.Seek(at, SeekOrigin.Begin);
        stream.WriteByte(value);
        stream.Flush();
    }
}
