using EmbedEngine.Interactions.Corpus;
using EmbedEngine.Interactions.Log;
using EmbedEngine.Interactions.Reading;
using EmbedEngine.Interactions.Sessions;
using EmbedEngine.Storage;
using EmbedEngine.Tests.Interactions.Reading;

namespace EmbedEngine.Tests.Interactions.Log;

public sealed class EventSegmentTests : IDisposable
{
    private readonly ImportScratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    private sealed record Logged(long Key, string Text, int User, long Row, LogEvent[] Events);

    private static List<Logged> Sessions(int count, bool times, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(i => new Logged(
            random.Next(9) == 0 ? random.NextInt64(long.MinValue, long.MaxValue) : i, $"key-{i}-ä",
            random.Next(-1, 5), i * 3,
            [.. Enumerable.Range(0, random.Next(1, 9)).Select(_ => new LogEvent(
                times ? random.NextInt64(0, TimeText.MaxTimeMs) : LogEvent.NoTime,
                random.Next(5) == 0 ? int.MaxValue - random.Next(9) : random.Next(1000),
                (byte)random.Next(255)))]))];
    }

    private string Write(
        string name, SegmentHeader header, List<Logged> sessions, int flushEvery = 0, bool finish = true)
    {
        string path = Path.Combine(_scratch.Root, name);
        using var writer = new EventSegmentWriter(FileSystem.Real, path, header);
        for (int i = 0; i < sessions.Count; i++)
        {
            Logged s = sessions[i];
            writer.Add(new SessionRecord
            {
                Key = s.Key,
                TextKey = System.Text.Encoding.UTF8.GetBytes(s.Text),
                User = s.User,
                FirstRow = s.Row,
                Events = s.Events,
            });
            if (flushEvery > 0 && i % flushEvery == 0) writer.Flush();
        }
        if (finish) writer.Finish();
        else writer.Flush();
        return path;
    }

    private static List<(long Key, string Text, int User, long Row, LogEvent[] Events)> Read(string path)
    {
        var all = new List<(long, string, int, long, LogEvent[])>();
        using EventSegmentReader reader = EventSegmentReader.Open(FileSystem.Real, path);
        bool text = reader.Header.SessionKeys == KeyKind.Text;
        var block = new SegmentBlock();
        while (reader.TryReadBlock(block))
        {
            int at = 0;
            for (int i = 0; i < block.SessionCount; i++)
            {
                string key = text
                    ? System.Text.Encoding.UTF8.GetString(
                    block.KeyBytes, (int)block.Keys[i], (int)(block.Keys[i + 1] - block.Keys[i]))
                    : "";
                all.Add((text ? 0 : block.Keys[i], key, block.Users[i], block.FirstRows[i],
                    block.Events[at..(at + block.EventCounts[i])]));
                at += block.EventCounts[i];
            }
        }
        return all;
    }

    [Theory]
    [InlineData(true, true, KeyKind.Int64)]
    [InlineData(false, true, KeyKind.Text)]
    [InlineData(true, false, KeyKind.Text)]
    [InlineData(false, false, KeyKind.Int64)]
    public void Read_OfWritten_GivesTheSame(bool times, bool users, KeyKind kind)
    {
        List<Logged> sessions = Sessions(30_000, times, 1);
        var header = new SegmentHeader
        {
            HasTimes = times, HasUsers = users, SessionKeys = kind, UserCut = times, GapMinutes = 17,
            MinSession = 3,
            MaxEventsPerSession = 99, MaxEventsPerMinute = 240,
        };
        string path = Write("a.eel", header, sessions);
        using (EventSegmentReader reader = EventSegmentReader.Open(FileSystem.Real, path))
        {
            Assert.Equal(header, reader.Header);
            SegmentTotals totals = reader.Totals!.Value;
            Assert.Equal((30_000, sessions.Sum(s => s.Events.Length)), (totals.Sessions, totals.Events));
            Assert.Equal(sessions.Max(s => s.Events.Max(e => e.Item)), totals.MaxItem);
            Assert.Equal(
                times ? sessions.Min(s => s.Events.Min(e => e.TimeMs)) : LogEvent.NoTime, totals.MinTimeMs);
        }
        var back = Read(path);
        Assert.Equal(
            sessions.Select(s => kind == KeyKind.Text ? s.Text : ""), Merge(back).Select(s => s.Text));
        Assert.Equal(sessions.Select(s => kind == KeyKind.Text ? 0 : s.Key), Merge(back).Select(s => s.Key));
        Assert.Equal(sessions.Select(s => users ? s.User : -1), Merge(back).Select(s => s.User));
        Assert.Equal(sessions.SelectMany(s => s.Events), back.SelectMany(s => s.Events));
    }

    // A session cut by the end of a block comes as two records with the same first row.
    private static IEnumerable<(long Key, string Text, int User, long Row, LogEvent[] Events)> Merge(
        List<(long Key, string Text, int User, long Row, LogEvent[] Events)> records) =>
        records.Where((r, i) => i == 0 || records[i - 1].Row != r.Row);

    [Fact]
    public void Read_AnyFlippedByte_IsCorruptOrFormat_NeverOtherData()
    {
        List<Logged> sessions = Sessions(60, true, 2);
        string path =
            Write("a.eel", new SegmentHeader { HasTimes = true, HasUsers = true }, sessions, flushEvery: 20);
        byte[] good = File.ReadAllBytes(path);
        for (int i = 0; i < good.Length; i++)
        {
            byte[] bad = [.. good];
            bad[i] ^= (byte)(1 << (i % 8));
            string damaged = _scratch.Write("bad.eel", bad);
            var e = Assert.ThrowsAny<EmbedEngineException>(() => Read(damaged));
            Assert.True(e.Code is ErrorCode.Corrupt or ErrorCode.Format, $"byte {i}: {e}");
        }
    }

    [Fact]
    public void Read_CutAnywhere_IsCorrupt_AndRecoveryFindsTheEnd()
    {
        List<Logged> sessions = Sessions(60, true, 3);
        string path =
            Write("a.eel", new SegmentHeader { HasTimes = true }, sessions, flushEvery: 10, finish: false);
        byte[] good = File.ReadAllBytes(path);
        var ends = new List<long> { SegmentFormat.HeaderBytes };
        using (EventSegmentReader reader = EventSegmentReader.Open(FileSystem.Real, path))
        {
            Assert.Null(reader.Totals);
            var block = new SegmentBlock();
            Assert.Throws<CorruptFileException>(() =>
            {
                while (reader.TryReadBlock(block)) ends.Add(reader.Position);
            });
        }
        Assert.Equal(good.Length, ends[^1]);
        for (int cut = SegmentFormat.HeaderBytes; cut < good.Length; cut++)
        {
            string torn = _scratch.Write("torn.eel", [.. good[..cut], .. new byte[cut % 7]]);
            Assert.True(EventSegmentReader.TryRecoverLength(FileSystem.Real, torn, out long length));
            Assert.Equal(ends.Last(e => e <= cut), length);
            // also between two blocks: the footer is missing
            Assert.Throws<CorruptFileException>(() => Read(torn));
        }
        string finished = Write("b.eel", new SegmentHeader { HasTimes = true }, sessions);
        Assert.False(EventSegmentReader.TryRecoverLength(FileSystem.Real, finished, out _));
    }

    [Fact]
    public void Read_RandomBytesWithGoodChecksums_NeverThrowsAnythingElse()
    {
        var random = new Random(4);
        for (int round = 0; round < 3000; round++)
        {
            byte[] payload = new byte[random.Next(1, 120)];
            for (int i = 0; i < payload.Length; i++)
                payload[i] = (byte)random.Next(random.Next(2) == 0 ? 8 : 256);
            int sessions = random.Next(0, 4);
            byte[] file =
                new byte[SegmentFormat.HeaderBytes + SegmentFormat.RecordHeaderBytes + payload.Length];
            SegmentFormat.EncodeHeader(new SegmentHeader
            {
                HasTimes = round % 2 == 0, HasUsers = round % 3 == 0,
                SessionKeys = round % 5 == 0 ? KeyKind.Text : KeyKind.Int64,
            }).CopyTo(file, 0);
            SegmentFormat.EncodeRecord(file.AsSpan(SegmentFormat.HeaderBytes), new SegmentFormat.Record(
                0, sessions, sessions + random.Next(0, 4),
                payload.Length + random.Next(2) * random.Next(1000), payload.Length,
                Crc32C.Compute(payload)));
            payload.CopyTo(file, SegmentFormat.HeaderBytes + SegmentFormat.RecordHeaderBytes);
            string path = _scratch.Write("r.eel", file);
            try
            {
                Read(path);
            }
            catch (CorruptFileException)
            {
                // What it should be.
            }
        }
    }

    [Fact]
    public void Import_LongSession_ContinuesOverBlocks_AndIsOneAgainInTheCorpus()
    {
        string text = "session,item,ts\n" + string.Concat(
            Enumerable.Range(0, 150_000).Select(i => $"1,{i % 999},{i}\n"));
        ImportReport report = _scratch.Import(_scratch.Write("a.csv", text));
        SessionCorpus corpus = _scratch.Load();
        Assert.Equal((1L, 1, 150_000L), (report.Sessions, corpus.SessionCount, corpus.EventCount));
        Assert.True(corpus.TimesMs.AsSpan().SequenceEqual([.. corpus.TimesMs.Order()]));
    }
}
