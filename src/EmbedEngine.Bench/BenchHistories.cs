// Opens an artifact of many users' histories, written by the code that training writes it with, and asks the
// system which of its pages that has touched.

using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using EmbedEngine.Interactions.Corpus;
using EmbedEngine.Interactions.Keys;
using EmbedEngine.Numerics;
using EmbedEngine.Profiles;
using EmbedEngine.Storage;

namespace EmbedEngine.Bench;

/// <summary>Makes, opens and reads histories of users who do not exist, in a temporary directory.</summary>
internal static partial class BenchHistories
{
    private const int Items = 100_000;
    private const int FewUsers = 1000;
    private const int FewestEvents = 2;
    private const int MostEvents = 5;
    private const int ReadUsers = 10_000;
    private const int ReportEvery = 1 << 16;
    private const int DontNeed = 4; // POSIX_FADV_DONTNEED
    private const long StartMs = 1_700_000_000_000;
    private const long MinuteMs = 60_000;

    public static HistoryFigures Run(int users, ProgressScope progress)
    {
        using var temporary = new TemporaryDirectory(FileSystem.Real);
        string few = Path.Combine(temporary.Path, "few"), many = Path.Combine(temporary.Path, "many");
        // A small one first, so that the code is there.
        using (HistoryTable table = Open(Make(few, Math.Min(users, FewUsers), progress), out _))
            Read(table, new EventTail());
        string path = Make(many, users, progress);
        double? coldMs = null;
        if (DropPages(path))
        {
            using (Open(path, out double ms)) coldMs = ms;
            // Its pages in memory, the others' neighbours too: the most that a mapping may bring along.
            using FileStream file = File.OpenRead(path);
            file.CopyTo(Stream.Null);
        }
        using HistoryTable opened = Open(path, out double openMs);
        long? touched = Resident(path);
        return new HistoryFigures
        {
            Users = opened.Count,
            Events = opened.EventCount,
            Bytes = new FileInfo(path).Length,
            OpenMs = openMs,
            OpenColdMs = coldMs,
            TouchedBytes = touched,
            ReadP50Us = Read(opened, new EventTail()),
        };
    }

    private static HistoryTable Open(string path, out double ms)
    {
        long start = Stopwatch.GetTimestamp();
        HistoryTable table = HistoryTable.Open(FileSystem.Real, path, VerifyLevel.Header);
        ms = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        return table;
    }

    private static string Make(string directory, int users, ProgressScope progress)
    {
        FileSystem.Real.CreateDirectory(directory);
        var keys = new KeyDictionary(KeyKind.Int64);
        for (int user = 0; user < users; user++) keys.GetOrAdd(Key(user));
        int[] rowOf = [.. Enumerable.Range(0, Items)];
        var sink = new ArtifactSink(FileSystem.Real, directory, 1);
        progress.Begin("histories", 4L * users, "users"); // counted, then three sections
        long done = 0;
        HistoryTable.Write(sink, users, hasTimes: true, (user, tail) =>
        {
            Synthetic(user, tail);
            if (++done % ReportEvery != 0) return;
            progress.Set(done);
            progress.Poll();
        }, rowOf, keys);
        progress.End();
        return sink.PathOf(HistoryTable.FileName);
    }

    private static long Key(int user) => 1_000_000_007L + (user * 3L);

    /// <summary>A few events, from the user's number alone.</summary>
    private static void Synthetic(int user, EventTail tail)
    {
        tail.Clear();
        CounterStream random = new CounterRandom((ulong)user).Stream();
        int count = FewestEvents + random.NextInt(MostEvents - FewestEvents + 1);
        for (int e = count - 1; e >= 0; e--)
            tail.AddBefore(random.NextInt(Items), (byte)(e % 3), StartMs + ((user + e) * MinuteMs));
    }

    /// <summary>Users at random, as a request reads them; the median in microseconds.</summary>
    private static double Read(HistoryTable table, EventTail tail)
    {
        var random = new Random(1);
        var ticks = new long[ReadUsers];
        Span<byte> key = stackalloc byte[20];
        for (int i = 0; i < ticks.Length; i++)
        {
            Key(random.Next(table.Count)).TryFormat(key, out int length, null, CultureInfo.InvariantCulture);
            long start = Stopwatch.GetTimestamp();
            tail.Clear();
            if (table.TryFind(key[..length], out int user))
                table.ReadBefore(user, Items, long.MaxValue, tail);
            ticks[i] = Stopwatch.GetTimestamp() - start;
            if (tail.Count == 0) throw new EmbedEngineException(ErrorCode.Internal, "a user is not there");
        }
        return BenchServing.Percentile(ticks, 0.5);
    }

    /// <summary>Resident bytes of a file's mappings; null where the system does not say.</summary>
    private static long? Resident(string path)
    {
        const string Smaps = "/proc/self/smaps";
        const string Rss = "Rss:";
        if (!File.Exists(Smaps)) return null;
        long total = 0;
        bool ours = false;
        foreach (string line in File.ReadLines(Smaps))
        {
            // A mapping's line begins with its addresses, those of its figures with a capital.
            if (char.IsAsciiHexDigitLower(line[0]) || char.IsAsciiDigit(line[0]))
                ours = line.EndsWith(path, StringComparison.Ordinal);
            else if (ours && line.StartsWith(Rss, StringComparison.Ordinal))
                total += 1024 * long.Parse(line[Rss.Length..^2].Trim(), CultureInfo.InvariantCulture);
        }
        return total;
    }

    /// <summary>Asks the system to forget a file's pages; false where it cannot be asked.</summary>
    private static bool DropPages(string path)
    {
        if (!OperatingSystem.IsLinux()) return false;
        using FileStream file = File.OpenRead(path);
        return Advise(file.SafeFileHandle, 0, 0, DontNeed) == 0;
    }

    [LibraryImport("libc", EntryPoint = "posix_fadvise")]
    private static partial int Advise(SafeHandle file, nint offset, nint length, int advice);
}
