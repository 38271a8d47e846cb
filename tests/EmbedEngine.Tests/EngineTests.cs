// The facade end to end on small stores: versions, errors that say what to do, damage, cancellation,
// determinism. Over 500 lines: one test a promise of the facade, and the promises are read best in one place.

using EmbedEngine.Storage;

namespace EmbedEngine.Tests;

public sealed class EngineTests : IDisposable
{
    private readonly StoreScratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    private static ErrorCode Code(Action action) => Assert.ThrowsAny<EmbedEngineException>(action).Code;

    [Fact]
    public void ImportTrainRecommendEvaluateRollback_RunsThrough()
    {
        using Engine engine = _scratch.Open();
        Assert.False(engine.Exists);
        string log = _scratch.Shop("a.jsonl", 3000, 80);
        ImportReport report = engine.Import(EventSource.OttoJsonl(log));
        Assert.InRange(report.Events, 3000, 3200);
        Assert.Equal(report.Sessions, File.ReadLines(log).Count());
        Assert.Null(engine.Model);
        ModelVersion first = engine.Train(StoreScratch.Tiny());
        Assert.True(first is { Number: 1, Name: "v1", IsActive: true });
        Assert.NotNull(first.Metrics);
        Assert.All(
            (string[])["popularity", "self", "covisitation", "item2vec", "item2vec_similar", "hybrid_default",
                "hybrid"],
            name => Assert.Contains(name, first.Metrics.Sources.Keys));
        ModelVersion second = engine.Train(StoreScratch.Tiny(seed: 2, name: "autumn"));
        Assert.True(second is { Number: 2, Name: "autumn", IsActive: true });
        string ofSecond = StoreScratch.Answers(engine);
        Assert.Equal(2, engine.Model!.Version.Number);

        Assert.Equal(1, engine.Rollback());
        string ofFirst = StoreScratch.Answers(engine);
        Assert.NotEqual(ofSecond, ofFirst);
        Assert.Equal(ErrorCode.Unknown, Code(() => engine.Rollback())); // the first has no parent
        Assert.Equal(2, engine.Rollback(2));
        Assert.Equal(ofSecond, StoreScratch.Answers(engine));
        engine.Publish(1);
        Assert.Equal(ofFirst, StoreScratch.Answers(engine));
        Assert.Equal([true, false], engine.Versions().Select(v => v.IsActive));
        Assert.Equal(ErrorCode.Unknown, Code(() => engine.Publish(9)));
        Assert.Equal(ErrorCode.Unknown, Code(() => engine.Rollback(9)));
        Assert.Throws<ArgumentOutOfRangeException>(() => engine.Publish(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => engine.Rollback(-1));

        EvaluationReport stored = engine.Evaluate();
        Assert.Equal(first.Metrics.Cases, stored.Cases);
        EvaluationReport test = engine.Evaluate(new EvaluateOptions
        {
            Test = EventSource.OttoJsonl(_scratch.Shop("test.jsonl", 500, 80, seed: 77)),
        });
        Assert.InRange(test.Cases, 300, 500);
        StoreInfo info = engine.Info();
        Assert.Equal(
            (2L, 1L, report.Events, 1L), (info.Versions, info.ActiveVersion, info.Events, info.Imports));
    }

    [Fact]
    public void Train_AfterRollback_HasTheActiveVersionAsParent()
    {
        _scratch.MakeTrained(200, 12);
        using Engine engine = _scratch.Open();
        engine.Train(StoreScratch.Tiny(seed: 2));
        engine.Rollback();
        Assert.Equal(3, engine.Train(StoreScratch.Tiny(seed: 3)).Number);
        Assert.Equal(1, engine.Rollback());
    }

    [Fact]
    public void Train_NotPublished_IsThereButDoesNotAnswer()
    {
        _scratch.MakeTrained(200, 12);
        using Engine engine = _scratch.Open();
        string before = StoreScratch.Answers(engine);
        ModelVersion made = engine.Train(StoreScratch.Tiny(seed: 2, publish: false));
        Assert.True(made is { Number: 2, IsActive: false });
        Assert.Equal(before, StoreScratch.Answers(engine));
        using Model model = engine.OpenModel(2);
        Assert.Equal(2, model.Version.Number);
        engine.Publish(2);
        Assert.Equal(2, engine.Model!.Version.Number);
    }

    [Fact]
    public void FirstTrain_NotPublished_LeavesNoModel()
    {
        using Engine engine = _scratch.Open();
        engine.Import(EventSource.OttoJsonl(_scratch.Shop("a.jsonl", 100, 10)));
        engine.Train(StoreScratch.Tiny(publish: false));
        Assert.Null(engine.Model);
        Assert.Equal(ErrorCode.NoModel, Code(() => engine.Recommend([], new RecommendedItem[1])));
        engine.Publish(1);
        Assert.NotNull(engine.Model);
    }

    [Fact]
    public void EveryCall_WithoutStore_IsNotFoundAndMakesNone()
    {
        using Engine engine = _scratch.Open();
        Action[] calls =
        [
            () => engine.Train(), () => engine.Versions(), () => engine.Info(), () => engine.Publish(1),
            () => engine.Rollback(), () => engine.Refresh(), () => engine.Evaluate(),
            () => engine.OpenModel(1),
            () => engine.Recommend([], new RecommendedItem[1]),
            () => engine.Similar(1, new RecommendedItem[1]),
        ];
        foreach (Action call in calls)
        {
            var e = Assert.ThrowsAny<EmbedEngineException>(call);
            Assert.Equal(ErrorCode.NotFound, e.Code);
            Assert.Contains("import", e.Message, StringComparison.Ordinal);
        }
        Assert.False(Directory.Exists(_scratch.Store));
    }

    [Fact]
    public void EveryCall_InADirectoryThatIsNoStore_SaysSo()
    {
        Directory.CreateDirectory(_scratch.Store);
        File.WriteAllText(Path.Combine(_scratch.Store, "holiday.jpg"), "x");
        SortedDictionary<string, string> before = _scratch.Snapshot();
        using Engine engine = _scratch.Open();
        Assert.Contains("not a store", Assert.ThrowsAny<EmbedEngineException>(() => engine.Train()).Message,
            StringComparison.Ordinal);
        string log = _scratch.Shop("a.jsonl", 100, 10);
        var e = Assert.ThrowsAny<EmbedEngineException>(() => engine.Import(EventSource.OttoJsonl(log)));
        Assert.Equal(ErrorCode.InvalidArgument, e.Code);
        Assert.Contains("holiday.jpg", e.Message, StringComparison.Ordinal);
        Assert.Equal(before, _scratch.Snapshot());
    }

    [Fact]
    public void Train_StoreWithoutEvents_SaysToImport()
    {
        var store = new Store(FileSystem.Real, _scratch.Store);
        using (WriteSession write = store.BeginWrite()) write.Commit(_ => { });
        using Engine engine = _scratch.Open();
        var e = Assert.ThrowsAny<EmbedEngineException>(() => engine.Train());
        Assert.Equal(ErrorCode.BadInput, e.Code);
        Assert.Contains("import", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Train_OnlyTooShortSessions_SaysWhichOptionDecides()
    {
        using Engine engine = _scratch.Open();
        engine.Import(EventSource.Csv(_scratch.Write("a.csv", "session,item\n1,5\n2,6\n3,7\n")));
        var e = Assert.ThrowsAny<EmbedEngineException>(() => engine.Train());
        Assert.Equal(ErrorCode.BadInput, e.Code);
        Assert.Contains("--min-session", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Train_TooFewSessionsToMeasure_WorksWithoutFigures(int sessions)
    {
        using Engine engine = _scratch.Open();
        engine.Import(EventSource.Csv(_scratch.Write(
            "a.csv", "session,item,ts\n" + string.Concat(Enumerable.Range(0, sessions * 2).Select(
                i => $"{i / 2},{i},{9}\n")))));
        ModelVersion version = engine.Train(StoreScratch.Tiny());
        Assert.Null(version.Metrics);
        Assert.Equal(2, engine.Recommend([new(0)], new RecommendedItem[2]).Count);
        var e = Assert.ThrowsAny<EmbedEngineException>(() => engine.Evaluate());
        Assert.Equal(ErrorCode.BadInput, e.Code);
        Assert.Contains("test file", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Train_OnlyRemovals_StillAnswersAndDoesNotFail()
    {
        using Engine engine = _scratch.Open();
        engine.Import(EventSource.Csv(_scratch.Write(
            "a.csv", "session,item,action\n1,5,remove\n1,6,remove\n2,5,remove\n2,7,remove\n")));
        engine.Train(StoreScratch.Tiny());
        RecommendResult answer = engine.Recommend([new(5)], new RecommendedItem[5]);
        Assert.InRange(answer.Count, 0, 3);
    }

    [Fact]
    public void TextKeys_EndToEnd()
    {
        string[] names = ["a:b", "shoe, red", "ä", "4711", "x"];
        var random = new Random(2);
        string lines =
            string.Concat(Enumerable.Range(0, 200).Select(s => $"{{\"session_id\":\"s{s}\",\"items\":["
            + string.Join(',', Enumerable.Range(0, 4).Select(_ => $"\"{names[random.Next(5)]}\"")) + "]}\n"));
        using Engine engine = _scratch.Open();
        engine.Import(EventSource.SessionsJsonl(_scratch.Write("a.jsonl", lines)));
        engine.Train(StoreScratch.Tiny());
        Model model = engine.Model!;
        Assert.Equal(KeyKind.Text, model.KeyKind);
        foreach (string name in names)
        {
            Assert.True(model.TryGetItem(name, out long item));
            Assert.Equal(name, model.KeyString(item));
            Assert.True(model.TryGetItem(System.Text.Encoding.UTF8.GetBytes(name), out long same));
            Assert.Equal(item, same);
        }
        Assert.False(model.TryGetItem("nobody", out _));
        Assert.Equal(ErrorCode.Unknown, Code(() => model.KeyString(99)));
        model.TryGetItem("ä", out long seen);
        var results = new RecommendedItem[5];
        Assert.Equal(5, engine.Recommend([new(seen)], results).Count);
        Assert.Equal(names.Order(), results.Select(r => model.KeyString(r.Item)).Order());
        Assert.Equal(
            ErrorCode.KeyKind, Code(() => engine.Import(EventSource.Csv(
                _scratch.Write("n.csv", "session,item\n1,5\n1,6\n")), new ImportOptions {
                Keys = KeyKind.Int64 })));
    }

    [Fact]
    public void NoTimes_FileOrderStandsForTime_AndUntilIsRefused()
    {
        string lines = string.Concat(Enumerable.Range(0, 100).Select(s =>
            $"{{\"session_id\":{s},\"items\":[{s % 7},{s % 5},{s % 3}]}}\n"));
        using Engine engine = _scratch.Open();
        engine.Import(EventSource.SessionsJsonl(_scratch.Write("a.jsonl", lines)));
        ModelVersion version = engine.Train(StoreScratch.Tiny());
        // the last tenth, two cases each
        Assert.Equal((10L, 20L), (version.Metrics!.Sessions, version.Metrics.Cases));
        Assert.Equal(ErrorCode.InvalidArgument, Code(() => engine.Train(StoreScratch.Tiny(untilMs: 5))));
        Assert.Single(engine.Versions());
    }

    [Fact]
    public void Until_CutsByEndAndStart_SessionsAcrossAreInNeither()
    {
        // Sessions of two events an hour apart, one every hour from 0 h on: at 50 h, those of 0 … 48 h have
        // ended before, that of 49 h ends at the cut, those from 50 h on start after.
        const long hour = 3_600_000;
        const long start = 1_700_000_000_000;
        string lines = string.Concat(Enumerable.Range(0, 60).Select(s =>
            $"{{\"session\":{s},\"events\":["
            + $"{{\"aid\":{s % 5},\"ts\":{start + s * hour},\"type\":\"clicks\"}},"
            + $"{{\"aid\":{s % 7},\"ts\":{start + (s + 1) * hour},\"type\":\"clicks\"}}]}}\n"));
        using Engine engine = _scratch.Open();
        engine.Import(EventSource.OttoJsonl(_scratch.Write("a.jsonl", lines)));
        ModelVersion version = engine.Train(StoreScratch.Tiny(untilMs: start + 50 * hour));
        using var manifest = System.Text.Json.JsonDocument.Parse(version.Manifest);
        System.Text.Json.JsonElement cut = manifest.RootElement.GetProperty("data").GetProperty("cut");
        Assert.Equal(49, cut.GetProperty("sessions_before").GetInt32());
        Assert.Equal(10, cut.GetProperty("sessions_after").GetInt32());
        Assert.Equal(10, version.Metrics!.Cases);
        Assert.Null(engine.Train(StoreScratch.Tiny(untilMs: start - 1)).Metrics);
        Assert.Null(engine.Train(StoreScratch.Tiny(untilMs: start + 500 * hour)).Metrics);
    }

    [Fact]
    public void Evaluate_SessionsOfTheLog_IsALeak_WithAndWithoutTimes()
    {
        string log = _scratch.Shop("a.jsonl", 500, 30);
        using Engine engine = _scratch.Open();
        engine.Import(EventSource.OttoJsonl(log));
        engine.Train(StoreScratch.Tiny());
        var e = Assert.ThrowsAny<EmbedEngineException>(
            () => engine.Evaluate(new EvaluateOptions { Test = EventSource.OttoJsonl(log) }));
        Assert.Equal(ErrorCode.Leak, e.Code);
        // One session of the log among many others is found too, also without its times.
        string[] lines = File.ReadAllLines(_scratch.Shop("b.jsonl", 500, 30, seed: 3));
        string[] logged = File.ReadAllLines(log);
        string mixed = _scratch.Write("mixed.jsonl", string.Join('\n', [.. lines[..20], logged[33]]) + "\n");
        Assert.Equal(
            ErrorCode.Leak,
            Code(() => engine.Evaluate(new EvaluateOptions { Test = EventSource.OttoJsonl(mixed) })));
        using var session = System.Text.Json.JsonDocument.Parse(logged.MaxBy(l => l.Length)!);
        string items = string.Join(',', session.RootElement.GetProperty("events").EnumerateArray()
            .Select(v => v.GetProperty("aid").GetInt64()));
        string untimed = _scratch.Write(
            "untimed.jsonl",
            $"{{\"session_id\":{session.RootElement.GetProperty("session")},\"items\":[{items}]}}\n");
        Assert.Equal(
            ErrorCode.Leak,
            Code(() => engine.Evaluate(new EvaluateOptions { Test = EventSource.Auto(untimed) })));
    }

    [Fact]
    public void Evaluate_OtherSessionsWithTheSameNumbers_IsNoLeak()
    {
        using Engine engine = _scratch.Open();
        engine.Import(EventSource.OttoJsonl(_scratch.Shop("a.jsonl", 500, 30)));
        engine.Train(StoreScratch.Tiny());
        string other = _scratch.Shop("b.jsonl", 300, 30, seed: 4); // numbered from 0 as well
        Assert.True(engine.Evaluate(new EvaluateOptions { Test = EventSource.OttoJsonl(other) }).Cases > 100);
    }

    [Fact]
    public void Evaluate_SecondSessionOfALoggedUser_IsALeak()
    {
        // Two visits of user 7, cut by inactivity: both carry the user's key; the test holds the first.
        using Engine engine = _scratch.Open();
        const string first = "7,1,1700000000,clicks\n7,2,1700000060,clicks\n";
        engine.Import(EventSource.Csv(_scratch.Write(
            "a.csv", "user,item,time,action\n" + first + "7,3,1700090000,clicks\n7,4,1700090060,clicks\n"
            + "8,1,1700000000,clicks\n8,3,1700000009,clicks\n")));
        engine.Train(StoreScratch.Tiny());
        string test = _scratch.Write("t.csv", "user,item,time,action\n" + first);
        Assert.Equal(ErrorCode.Leak, Code(
            () => engine.Evaluate(new EvaluateOptions { Test = EventSource.Csv(test) })));
    }

    [Fact]
    public void Evaluate_StoredFiguresForOtherOptions_SaysToGiveATestFile()
    {
        _scratch.MakeTrained();
        using Engine engine = _scratch.Open();
        Assert.Equal(ErrorCode.InvalidArgument, Code(() => engine.Evaluate(new EvaluateOptions { K = 10 })));
        Assert.Equal(
            ErrorCode.InvalidArgument,
            Code(() => engine.Evaluate(new EvaluateOptions { Protocol = EvaluationProtocol.Last })));
        Assert.Throws<ArgumentOutOfRangeException>(() => engine.Evaluate(new EvaluateOptions { K = 0 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => engine.Evaluate(new EvaluateOptions { K = 1001 }));
        EvaluationReport one = engine.Evaluate(new EvaluateOptions { Sources = [CandidateSourceKind.Self] });
        Assert.Equal(["self"], one.Sources.Keys);
    }

    [Theory]
    [InlineData("dimension", "64", "not known")]
    [InlineData("dimensions", "many", "not a whole number")]
    [InlineData("dimensions", "0", "1 to 4096")]
    [InlineData("dimensions", "4097", "1 to 4096")]
    [InlineData("epochs", "0", "1 to 100000")]
    [InlineData("epochs", "2.5", "not a whole number")]
    [InlineData("learning_rate", "0", "above 0")]
    [InlineData("learning_rate", "NaN", "not a number")]
    [InlineData("negative_exponent", "5", "-4 to 4")]
    [InlineData("subsample", "-1", "0 to 1")]
    [InlineData("m", "1", "2 to 256")]
    [InlineData("ef_construction", "0", "1 to 65536")]
    [InlineData("covisitation_last_events", "1", "2 to 1000")]
    [InlineData("covisitation_neighbors", "0", "1 to 10000")]
    public void Train_BadSetting_IsNamedAndNothingChanges(string name, string value, string expected)
    {
        _scratch.MakeTrained(120, 10);
        SortedDictionary<string, string> before = _scratch.Snapshot();
        using Engine engine = _scratch.Open();
        var e = Assert.ThrowsAny<ArgumentException>(
            () => engine.Train(StoreScratch.Tiny(settings: [(name, value)])));
        Assert.Contains(expected, e.Message, StringComparison.Ordinal);
        Assert.Equal(before, _scratch.Snapshot());
    }

    [Fact]
    public void Train_OptionsOutOfRange_Throw()
    {
        _scratch.MakeTrained(120, 10);
        using Engine engine = _scratch.Open();
        TrainOptions good = StoreScratch.Tiny();
        foreach (TrainOptions bad in (TrainOptions[])[
            good with { Threads = -1 }, good with { Threads = 1025 }, good with { MeasureSessions = -1 },
            good with { Name = "" }, good with { Name = new string('x', 129) }, good with { Name = "a\nb" },
            good with { Preset = (TrainPreset)7 }])
            Assert.ThrowsAny<ArgumentException>(() => engine.Train(bad));
        Assert.Single(engine.Versions());
    }

    [Fact]
    public void Train_Deterministic_GivesEqualDigests_TwiceAndAtAnyThreads()
    {
        var digests = new List<string>();
        foreach (int threads in (int[])[1, 1, 2, 3])
        {
            using var scratch = new StoreScratch();
            using Engine engine = scratch.Open();
            engine.Import(EventSource.OttoJsonl(scratch.Shop("a.jsonl", 3000, 100)));
            digests.Add(StoreScratch.Digests(engine.Train(StoreScratch.Tiny(threads: threads))));
        }
        Assert.All(digests, d => Assert.Equal(digests[0], d));
        Assert.Contains("items ", digests[0], StringComparison.Ordinal);
        using Engine other = _scratch.Open();
        other.Import(EventSource.OttoJsonl(_scratch.Shop("a.jsonl", 3000, 100)));
        Assert.NotEqual(digests[0], StoreScratch.Digests(other.Train(StoreScratch.Tiny(seed: 2))));
    }

    [Fact]
    public void Progress_NamesEveryStage_AndNeverRunsBackwards()
    {
        var stages = new List<string>();
        ProgressReport last = default;
        void Handler(in ProgressReport report)
        {
            if (report.Stage == last.Stage) Assert.True(report.Done >= last.Done, $"{last} then {report}");
            else stages.Add(report.Stage);
            if (report.Total > 0) Assert.InRange(report.Done, 0, report.Total);
            Assert.NotEmpty(report.Unit);
            last = report;
        }
        using Engine engine = _scratch.Open();
        engine.Import(EventSource.OttoJsonl(_scratch.Shop("a.jsonl", 2000, 50)), null, Handler);
        Assert.Equal(["import", "commit"], stages);
        stages.Clear();
        engine.Train(StoreScratch.Tiny(), Handler);
        foreach (string stage in (string[])["load", "covisitation_before_cut", "item2vec_before_cut",
            "measure", "statistics",
            "covisitation", "item2vec", "index_item2vec_in", "index_item2vec_out", "publish"])
            Assert.Contains(stage, stages);
    }

    [Fact]
    public void Progress_HandlerThatThrowsAfterTheCommit_DoesNotUndoTheReport()
    {
        using Engine engine = _scratch.Open();
        int commits = 0;
        void Handler(in ProgressReport report)
        {
            // Reported twice: when the commit begins and when it is done.
            if (report.Stage is "commit" or "publish" && ++commits == 2)
                throw new InvalidOperationException("mine");
        }
        engine.Import(EventSource.OttoJsonl(_scratch.Shop("a.jsonl", 200, 10)), null, Handler);
        Assert.Equal(1, engine.Info().Imports);
        commits = 0;
        Assert.Equal(1, engine.Train(StoreScratch.Tiny(), Handler).Number);
    }

    [Fact]
    public void Import_CancelledInAnyStage_LeavesTheStoreAsItWas()
    {
        _scratch.MakeTrained(120, 10);
        string log = _scratch.Shop("big.jsonl", 3000, 40, seed: 6);
        AssertCancels(
            (engine, progress, token) => engine.Import(EventSource.OttoJsonl(log), null, progress, token), 2);
        using Engine after = _scratch.Open();
        after.Import(EventSource.OttoJsonl(log));
        Assert.Equal(2, after.Info().Imports);
    }

    [Fact]
    public void FirstImport_Cancelled_LeavesNoStore()
    {
        string log = _scratch.Shop("a.jsonl", 500, 40);
        using var cancel = new CancellationTokenSource();
        cancel.Cancel();
        using Engine engine = _scratch.Open();
        Assert.Throws<OperationCanceledException>(
            () => engine.Import(EventSource.OttoJsonl(log), null, null, cancel.Token));
        Assert.False(Directory.Exists(_scratch.Store));
    }

    [Fact]
    public void Train_CancelledInAnyStage_LeavesTheStoreAsItWas()
    {
        _scratch.MakeTrained(400, 30);
        AssertCancels(
            (engine, progress, token) => engine.Train(StoreScratch.Tiny(seed: 8), progress, token), 10);
        using Engine after = _scratch.Open();
        Assert.Equal(2, after.Train(StoreScratch.Tiny()).Number);
    }

    /// <summary>
    /// Cancels, and in another run throws, as every stage begins and at what it first reports to have done,
    /// until the commit. Reports between come by the clock: the n-th is another in every run.
    /// </summary>
    private void AssertCancels(Action<Engine, ProgressHandler, CancellationToken> body, int atLeast)
    {
        SortedDictionary<string, string> before = _scratch.Snapshot();
        string answers;
        using (Engine engine = _scratch.Open()) answers = StoreScratch.Answers(engine);
        // From the last stage on, "commit" and "publish", it is too late.
        for (int at = 0; ; at++)
        {
            bool committing = false;
            foreach (bool throws in (bool[])[false, true])
            {
                if (committing) break;
                using var cancel = new CancellationTokenSource();
                int stage = -1;
                string name = "";
                bool fired = false;
                void Handler(in ProgressReport report)
                {
                    if (report.Stage != name) (name, stage) = (report.Stage, stage + 1);
                    bool due = stage > at / 2 || (stage == at / 2 && (at % 2 == 0 || report.Done > 0));
                    if (fired || !due) return;
                    fired = true;
                    committing = report.Stage is "commit" or "publish";
                    if (committing) throw new OperationCanceledException("before the commit");
                    if (throws) throw new OperationCanceledException("the handler's own");
                    cancel.Cancel();
                }
                using Engine engine = _scratch.Open();
                Exception e = Assert.ThrowsAny<Exception>(() => body(engine, Handler, cancel.Token));
                Assert.True(e is OperationCanceledException, $"{e}");
                Assert.Equal(before, _scratch.Snapshot());
                Assert.Equal(answers, StoreScratch.Answers(engine));
            }
            if (!committing) continue;
            Assert.True(at >= atLeast, $"only {at / 2} stages came before the commit");
            return;
        }
    }

    [Fact]
    public void ActiveVersionDamaged_TheGoodOneServes_TheProblemNamesTheFile_RollbackMendsIt()
    {
        _scratch.MakeTrained(200, 12);
        string first;
        using (Engine engine = _scratch.Open())
        {
            first = StoreScratch.Answers(engine);
            engine.Train(StoreScratch.Tiny(seed: 2));
        }
        string file = Directory.GetFiles(
            Path.Combine(_scratch.Store, "versions"), "items.eea", SearchOption.AllDirectories)
            .Order(StringComparer.Ordinal).Last();
        byte[] bytes = File.ReadAllBytes(file);
        bytes[100] ^= 1;
        File.WriteAllBytes(file, bytes);
        using Engine damaged = _scratch.Open();
        // Serving fails open: the good version answers, and the problem names the damaged file.
        Assert.Equal(1, damaged.Model!.Version.Number);
        Assert.Equal(first, StoreScratch.Answers(damaged));
        Assert.Equal(ErrorCode.Corrupt, damaged.Problem!.Code);
        Assert.Contains(file, damaged.Problem.Message, StringComparison.Ordinal);
        Assert.Equal(2, damaged.Versions().Count);
        Assert.Equal(1, damaged.Rollback());
        Assert.Null(damaged.Problem);
        Assert.Equal(first, StoreScratch.Answers(damaged));
        Assert.Equal(ErrorCode.Corrupt, Code(() => damaged.Publish(2))); // and it stays out
        Assert.Equal(first, StoreScratch.Answers(damaged));
        Assert.Equal([true, false], damaged.Versions().Select(v => v.IsActive));
    }

    [Fact]
    public void Open_ArtifactOfAnotherVersion_IsVersionMismatch()
    {
        _scratch.MakeTrained(200, 12);
        using (Engine engine = _scratch.Open()) engine.Train(StoreScratch.Tiny(seed: 2));
        string[] directories = [.. Directory.GetDirectories(Path.Combine(_scratch.Store, "versions"))
            .Order(StringComparer.Ordinal)];
        string target = Path.Combine(directories[1], "popularity.eea");
        File.Delete(target);
        File.Copy(Path.Combine(directories[0], "popularity.eea"), target);
        using Engine mixed = _scratch.Open();
        Assert.Equal(ErrorCode.VersionMismatch, mixed.Problem!.Code);
        Assert.Equal(1, mixed.Model!.Version.Number);
    }

    [Fact]
    public void Open_ArtifactMissing_IsNamed()
    {
        _scratch.MakeTrained(200, 12);
        string file =
            Directory.GetFiles(_scratch.Store, "covisitation.eea", SearchOption.AllDirectories).Single();
        File.Delete(file);
        using Engine engine = _scratch.Open();
        var e = Assert.ThrowsAny<EmbedEngineException>(() => engine.Recommend([], new RecommendedItem[3]));
        Assert.Contains(file, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_FullVerification_FindsAFlippedContentByte()
    {
        _scratch.MakeTrained(200, 12);
        string file =
            Directory.GetFiles(_scratch.Store, "vectors-item2vec.eea", SearchOption.AllDirectories).Single();
        byte[] bytes = File.ReadAllBytes(file);
        bytes[5000] ^= 0x10;
        File.WriteAllBytes(file, bytes);
        using (Engine header = _scratch.Open()) Assert.NotNull(header.Model);
        using Engine full = Engine.Open(_scratch.Store, new EngineOptions { Verify = VerifyLevel.Full });
        Assert.Equal(ErrorCode.Corrupt, Code(() => full.Recommend([], new RecommendedItem[3])));
    }

    [Fact]
    public void Write_WhileAnotherWrites_IsLocked_AndReadingGoesOn()
    {
        _scratch.MakeTrained(200, 12);
        using Engine engine = _scratch.Open();
        using (WriterLock.Acquire(_scratch.Store))
        {
            Assert.Equal(ErrorCode.Locked, Code(() => engine.Train(StoreScratch.Tiny())));
            Assert.Equal(ErrorCode.Locked, Code(() => engine.Publish(1)));
            Assert.Equal(ErrorCode.Locked, Code(() => engine.Import(EventSource.Csv("x.csv"))));
            Assert.NotEmpty(StoreScratch.Answers(engine));
            Assert.Single(engine.Versions());
        }
        engine.Train(StoreScratch.Tiny());
    }

    [Fact]
    public void Disposed_EveryCall_ThrowsObjectDisposed()
    {
        _scratch.MakeTrained(120, 10);
        Engine engine = _scratch.Open();
        engine.Dispose();
        engine.Dispose();
        Action[] calls =
        [
            () => engine.Train(), () => engine.Versions(), () => engine.Info(), () => engine.Publish(1),
            () => engine.Rollback(), () => engine.Refresh(), () => engine.Evaluate(),
            () => engine.OpenModel(1),
            () => engine.Recommend([], new RecommendedItem[1]), () => engine.Import(EventSource.Csv("x")),
        ];
        foreach (Action call in calls) Assert.Throws<ObjectDisposedException>(call);
    }
}
