// Recorded answers on a real store: arms, ids, outcomes, figures; what fails open; what is forgotten, kept,
// copied, folded and cut.

using EmbedEngine.Interactions.Log;
using EmbedEngine.Pipelines.Online;
using EmbedEngine.Storage;
using EmbedEngine.Tests.Storage;

namespace EmbedEngine.Tests.Pipelines.Online;

public sealed class RecordedAnswerTests : IDisposable
{
    private readonly StoreScratch _scratch = new();
    private readonly RecommendedItem[] _items = new RecommendedItem[5];

    public RecordedAnswerTests() => _scratch.MakeTrained(400, 20);

    public void Dispose() => _scratch.Dispose();

    private string[] Logs() =>
        Directory.GetFiles(Path.Combine(_scratch.Store, "events"), "answers-*.eer").Order().ToArray();

    /// <summary>Asks, records and gives the id with the first item.</summary>
    private (AnswerId Id, string Item) Ask(Engine engine, string user)
    {
        Model model = engine.ModelFor(user);
        RecommendResult answer = model.RecommendUser(user, [], _items);
        AnswerId id = engine.RecordAnswer(model, answer, _items, user);
        return (id, model.KeyString(_items[0].Item));
    }

    private static RequestLink Observe(Engine engine, string user, string item, string action, string id)
    {
        engine.Observe(user, item, action, null, id, out RequestLink link);
        return link;
    }

    private static void AddCandidate(Engine engine)
    {
        engine.Train(StoreScratch.Tiny(seed: 2, publish: false));
        engine.SetAlias("candidate", 2);
    }

    [Fact]
    public void Arms_AnswerTheirUsers_InEveryProcess_AndFiguresSayWhatCame()
    {
        using Engine engine = _scratch.Open();
        AddCandidate(engine);
        Assert.Null(engine.Experiment());
        Assert.Null(engine.ArmOf("7"));
        Experiment set = engine.SetExperiment("control=active:50,treatment=candidate:50", "summer");
        Assert.Equal([("control", 1L, 50d), ("treatment", 2L, 50d)],
            set.Arms.Select(a => (a.Name, a.Version, a.Share)));
        using Engine other = _scratch.Open();
        var asked = new Dictionary<string, int>();
        for (int u = 0; u < 40; u++)
        {
            string user = $"{u}", arm = engine.ArmOf(user)!;
            asked[arm] = asked.GetValueOrDefault(arm) + 1;
            Assert.Equal(arm, other.ArmOf(user));
            Assert.Equal(arm == "control" ? 1 : 2, engine.ModelFor(user).Version.Number);
            Assert.Equal(arm == "control" ? 1 : 2, engine.RecommendUser(user, [], _items).Version);
            (AnswerId id, string item) = Ask(engine, user);
            Assert.False(id.IsNone);
            if (u % 2 == 0) Assert.Equal(RequestLink.Taken, Observe(other, user, item, "clicks", $"{id}"));
            if (u % 2 == 0) Assert.Equal(RequestLink.Taken, Observe(other, user, item, "view", $"{id}"));
            if (u % 4 == 0) Assert.Equal(RequestLink.Taken, Observe(other, user, item, "orders", $"{id}"));
            if (u == 1) Assert.Equal(RequestLink.Taken, Observe(other, user, "999999", "clicks", $"{id}"));
            if (u == 3) Assert.Equal(RequestLink.Taken, Observe(other, user, item, "carts", $"{id}"));
        }
        OnlineReport report = engine.EvaluateOnline();
        Assert.Equal(["control", "treatment"], report.Arms.Select(a => a.Name));
        Assert.All(report.Arms, a => Assert.Equal((asked[a.Name], asked[a.Name]), (a.Answers, a.Users)));
        Assert.Equal(20, report.Arms.Sum(a => a.Clicks));
        Assert.Equal(10, report.Arms.Sum(a => a.Conversions));
        Assert.Equal(10, report.Arms.Sum(a => a.Buyers));
        Assert.Equal(1, report.OtherItems);
        OnlineComparison pair = Assert.Single(report.Comparisons);
        Assert.Contains("at least 100", pair.Ctr.NotJudged, StringComparison.Ordinal);
        Assert.NotNull(report.SampleRatioP);
        // A window of a minute holds what came at once; answers of tomorrow are none.
        Assert.Equal(20, engine.EvaluateOnline(window: TimeSpan.FromMinutes(1)).Arms.Sum(a => a.Clicks));
        Assert.Equal(
            0, engine.EvaluateOnline(DateTimeOffset.UtcNow.AddDays(1).ToUnixTimeMilliseconds()).Arms
                .Sum(a => a.Answers));
        engine.EndExperiment();
        other.Refresh();
        Assert.Null(other.ArmOf("7"));
        Assert.Equal(1, other.ModelFor("7").Version.Number);
        // What was recorded stays, and the events are events like any.
        Assert.Equal(40, other.EvaluateOnline().Arms.Sum(a => a.Answers));
        long before = other.Info().Events;
        other.Compact();
        Assert.Equal(before + 52, other.Info().Events);
        Assert.Equal(40, other.EvaluateOnline().Arms.Sum(a => a.Answers));
    }

    [Fact]
    public void UnknownIds_AreSaid_AndTheEventIsTaken()
    {
        using Engine engine = _scratch.Open();
        (AnswerId id, string item) = Ask(engine, "1");
        Assert.Equal(32, id.ToString().Length);
        Assert.True(AnswerId.TryParse(id.ToString().ToUpperInvariant(), out AnswerId same));
        Assert.Equal(id, same);
        foreach (string bad in (string[])["", "x", new string('z', 32), id + "0", new string('0', 32)])
            Assert.Equal(RequestLink.Malformed, Observe(engine, "1", item, "clicks", bad));
        char[] changed = $"{id}".ToCharArray();
        for (int at = 0; at < changed.Length; at++)
        {
            char was = changed[at];
            changed[at] = was == '0' ? '1' : '0';
            Assert.Equal(RequestLink.Unknown, Observe(engine, "1", item, "clicks", new string(changed)));
            changed[at] = was;
        }
        Store store = new(FileSystem.Real, _scratch.Store);
        string old = $"{AnswerIds.Of(store).Next(1_600_000_000_000)}";
        Assert.Equal(RequestLink.Expired, Observe(engine, "1", item, "clicks", old));
        long before = engine.Info().Events;
        engine.Compact();
        Assert.Equal(before + 5 + 32 + 1, engine.Info().Events);
        Assert.Equal(0, engine.EvaluateOnline().Arms.Sum(a => a.Clicks));
    }

    [Fact]
    public void Anonymous_Sessions_AreClusters_AndNobodysAnswersAreOnTheirOwn()
    {
        using Engine engine = _scratch.Open();
        Model model = engine.RequireModel();
        RecommendResult answer = model.Recommend([new SessionEvent(1)], _items);
        for (int i = 0; i < 3; i++)
        {
            engine.RecordAnswer(model, answer, _items, session: "7");
            engine.RecordAnswer(model, answer, _items, user: "7");
            engine.RecordAnswer(model, answer, _items);
        }
        OnlineArm arm = Assert.Single(engine.EvaluateOnline().Arms);
        Assert.Equal(("active", 9L, 5L), (arm.Name, arm.Answers, arm.Users));
        Assert.Throws<ArgumentException>(() => engine.RecordAnswer(model, answer, _items.AsSpan(0, 1), "7"));
        Assert.Throws<ArgumentException>(() => engine.ModelFor(""));
    }

    [Fact]
    public void Recording_FailsOpen_AndIsSaid()
    {
        using (Engine engine = Engine.Open(_scratch.Store, new EngineOptions { ReadOnly = true }))
        {
            Assert.True(Ask(engine, "1").Id.IsNone);
            Assert.Equal((0, 1), (engine.Info().AnswersRecorded, engine.Info().AnswersMissed));
            Assert.Contains("read-only", engine.Info().AnswerProblem, StringComparison.Ordinal);
        }
        Assert.Empty(Logs());
        using (Engine full = Engine.OpenOn(
            new FaultFileSystem(0, FaultKind.Full), _scratch.Store, new EngineOptions()))
        {
            Assert.True(Ask(full, "1").Id.IsNone);
            Assert.True(Ask(full, "1").Id.IsNone);
            Assert.Equal((0, 2), (full.Info().AnswersRecorded, full.Info().AnswersMissed));
            Assert.NotNull(full.Info().AnswerProblem);
        }
        using Engine fine = _scratch.Open();
        Assert.False(Ask(fine, "1").Id.IsNone);
        StoreInfo info = fine.Info();
        Assert.Equal((1, 0, null), (info.AnswersRecorded, info.AnswersMissed, info.AnswerProblem));
        Assert.True(info is { AnswerLogs: >= 1, AnswerBytes: > 64 });
    }

    [Fact]
    public void Requests_AllocateNothing_WhateverTheExperiment()
    {
        using Engine engine = _scratch.Open();
        AddCandidate(engine);
        var session = new SessionEvent[] { new(1), new(2) };
        Allocation.AssertNone(() => engine.RecommendUser("7", session, _items));
        engine.SetExperiment("control=active:50,treatment=candidate:50");
        string[] users = [.. Enumerable.Range(0, 8).Select(u => $"{u}")];
        Allocation.AssertNone(() =>
        {
            foreach (string user in users) engine.RecommendUser(user, session, _items);
        });
        Allocation.AssertNone(() => engine.ArmOf("7"));
    }

    [Fact]
    public void AliasThatIsGone_OrDamaged_IsAnsweredByTheActiveVersion()
    {
        using Engine engine = _scratch.Open();
        Assert.Equal(
            ErrorCode.Unknown,
            Assert.Throws<EmbedEngineException>(() => engine.SetExperiment("a=candidate:100")).Code);
        AddCandidate(engine);
        engine.SetExperiment("a=candidate:100");
        Assert.Equal(2, engine.ModelFor("1").Version.Number);
        engine.RemoveAlias("candidate");
        Assert.Equal(0, engine.Experiment()!.Arms[0].Version);
        engine.Refresh();
        Assert.Equal(("a", 1L), (engine.ArmOf("1"), engine.ModelFor("1").Version.Number));
        engine.SetAlias("candidate", 2);
        File.Delete(Path.Combine(_scratch.Store, "versions", $"{2:D20}", "items.eea"));
        using Engine other = _scratch.Open();
        Assert.Equal(1, other.ModelFor("1").Version.Number);
    }

    [Fact]
    public void Forget_RemovesAUsersRecords_AlsoThoseOfAnotherProcess()
    {
        using Engine engine = _scratch.Open();
        using (Engine closed = _scratch.Open())
        {
            for (int u = 0; u < 4; u++) Ask(closed, $"{700_000 + u}");
        }
        using Engine open = _scratch.Open();
        (AnswerId id, string item) = Ask(open, "700001");
        (AnswerId kept, _) = Ask(open, "700002");
        Assert.Equal(RequestLink.Taken, Observe(open, "700001", item, "clicks", $"{id}"));
        Assert.Equal(6, engine.EvaluateOnline().Arms.Sum(a => a.Answers));
        ForgetReport report = engine.ForgetUser("700001");
        // The answer of the closed log; that of the open one and its outcome, which count no more.
        Assert.Equal(3, report.RemovedAnswers);
        OnlineReport after = engine.EvaluateOnline();
        Assert.Equal((4, 0), (after.Arms.Sum(a => a.Answers), after.Arms.Sum(a => a.Clicks)));
        // The same user's later answers count.
        Thread.Sleep(2);
        Ask(open, "700001");
        Assert.Equal(5, engine.EvaluateOnline().Arms.Sum(a => a.Answers));
        open.Dispose();
        engine.Compact();
        Assert.Equal(5, engine.EvaluateOnline().Arms.Sum(a => a.Answers));
        Assert.DoesNotContain(Logs(), log => File.ReadAllBytes(log).AsSpan().IndexOf(Bytes(id)) >= 0);
        Assert.Contains(Logs(), log => File.ReadAllBytes(log).AsSpan().IndexOf(Bytes(kept)) >= 0);
        // A user who was answered and never did anything.
        Assert.Equal(1, engine.ForgetUser("700003").RemovedAnswers);
        Assert.Throws<EmbedEngineException>(() => engine.ForgetUser("700003"));
    }

    private static byte[] Bytes(AnswerId id) => Convert.FromHexString($"{id}");

    [Fact]
    public void TornTails_AreCut_DamagedHeadersAreFaults_AndLinksAreLeft()
    {
        using (Engine engine = _scratch.Open())
        {
            for (int u = 0; u < 3; u++) Ask(engine, $"{u}");
        }
        string log = Logs().Single();
        byte[] whole = File.ReadAllBytes(log);
        string copy = Path.Combine(_scratch.Root, "copy.ee");
        using Engine reader = _scratch.Open();
        for (int cut = whole.Length - 1; cut > 0; cut -= 7)
        {
            File.WriteAllBytes(log, whole[..cut]);
            Assert.InRange(reader.EvaluateOnline().Arms.Sum(a => a.Answers), 0, 2);
            Assert.Empty(reader.Verify().Faults);
        }
        File.WriteAllBytes(log, [.. whole, 20, 0, 0, 0, 1, 2, 3]);
        reader.Backup(copy);
        string copied = Path.Combine(copy, "events", Path.GetFileName(log));
        Assert.Equal(whole, File.ReadAllBytes(copied));
        whole[3] ^= 1;
        File.WriteAllBytes(log, whole);
        StoreFault fault = Assert.Single(reader.Verify().Faults);
        Assert.Contains(Path.GetFileName(log), fault.File, StringComparison.Ordinal);
        Assert.Throws<CorruptFileException>(() => reader.EvaluateOnline());
        // Neither a request nor a writer minds.
        Assert.False(Ask(reader, "1").Id.IsNone);
        reader.Compact();
        File.Delete(log);
        File.CreateSymbolicLink(log, copied);
        Assert.Equal(1, reader.EvaluateOnline().Arms.Sum(a => a.Answers));
    }

    [Fact]
    public void ManyClosedLogs_AreFolded_AndACrashInBetweenCountsNothingTwice()
    {
        const int Count = AnswerLogKeeper.Most + 3;
        using (Engine engine = _scratch.Open())
        {
            Ask(engine, "1");
            // As many processes leave them; closing the engine folds.
            string log = Logs().Single(), events = Path.GetDirectoryName(log)!;
            for (int i = 1; i < Count; i++)
            {
                File.Copy(log, Path.Combine(
                    events, StoreNames.AnswerLog(DateTimeOffset.UtcNow.ToUnixTimeMilliseconds(), (ulong)i)));
            }
            Assert.Equal(Count, engine.EvaluateOnline().Arms.Sum(a => a.Answers));
        }
        Assert.Single(Logs());
        using Engine last = _scratch.Open();
        Assert.Equal(Count, last.EvaluateOnline().Arms.Sum(a => a.Answers));
        // As if the deletion had not come about: the folded log says what it replaces.
        string folded = Logs().MaxBy(l => new FileInfo(l).Length)!;
        ulong replaced = 0;
        using (MappedFile file = FileSystem.Real.Map(folded))
            AnswerLog.ReadFirst(file, (in AnswerRecord r) => replaced = BitConverter.ToUInt64(r.Logs));
        string back = Path.Combine(
            Path.GetDirectoryName(folded)!, StoreNames.AnswerLog(1_700_000_000_000, replaced));
        File.Copy(folded, back);
        Assert.Equal(Count, last.EvaluateOnline().Arms.Sum(a => a.Answers));
        last.Compact();
        Assert.False(File.Exists(back));
    }

    [Fact]
    public void OldLogs_AreTrimmed_AndRetentionReachesAnswers()
    {
        using (Engine engine = _scratch.Open()) Ask(engine, "1");
        string log = Logs().Single();
        string old = Path.Combine(
            Path.GetDirectoryName(log)!,
            StoreNames.AnswerLog(DateTimeOffset.UtcNow.AddDays(-92).ToUnixTimeMilliseconds(), 1));
        File.Copy(log, old);
        using Engine later = _scratch.Open();
        later.Compact();
        Assert.Equal([log], Logs());
        later.Compact(TimeSpan.FromDays(1));
        Assert.Equal(1, later.EvaluateOnline().Arms.Sum(a => a.Answers));
    }

    [Fact]
    public void Records_DamagedAnywhere_AreNeverMoreThanThere_WereAndNeverThrow()
    {
        var record = new VarintWriter();
        var random = new Random(5);
        AnswerLog.BeginAnswer(record, new AnswerId(1, 2), 3, 4, "arm"u8, int64Items: false, 3);
        foreach (string key in (string[])["a", "tent", "Zoë"])
            AnswerLog.Item(record, System.Text.Encoding.UTF8.GetBytes(key));
        Assert.True(AnswerLog.End(record));
        byte[] whole = record.Written.ToArray();
        for (int round = 0; round < 20_000; round++)
        {
            byte[] bytes = whole[..random.Next(whole.Length + 1)];
            for (int n = random.Next(4); n > 0 && bytes.Length > 8; n--)
                bytes[8 + random.Next(bytes.Length - 8)] = (byte)random.Next(256);
            // Sealed again: what is behind the checksum must not be trusted either.
            if (bytes.Length > 8)
                BitConverter.TryWriteBytes(bytes.AsSpan(4), Crc32C.Compute(bytes.AsSpan(8)));
            if (!AnswerLog.TryRead(bytes, out AnswerRecord read)) continue;
            ReadOnlySpan<byte> items = read.Items;
            int count = 0;
            while (AnswerLog.TryItem(ref items, read.Int64Items, out _)) count++;
            Assert.InRange(count, 0, whole.Length);
        }
    }
}
