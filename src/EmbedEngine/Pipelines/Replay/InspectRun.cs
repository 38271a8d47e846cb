// `inspect`: one session, event by event, as a version would have answered it. What it shows is what a
// request gets: the same calls, with the lists of every source beside them. Must never write.

using EmbedEngine.Interactions.Attributes;
using EmbedEngine.Interactions.Corpus;
using EmbedEngine.Interactions.Keys;
using EmbedEngine.Interactions.Log;
using EmbedEngine.Numerics;
using EmbedEngine.Recommendation;
using EmbedEngine.Storage;

namespace EmbedEngine.Pipelines.Replay;

/// <summary>Replays a session.</summary>
internal sealed class InspectRun
{
    /// <summary>How far down a source the truth is looked for.</summary>
    public const int Depth = 1000;

    private readonly Store _store;
    private readonly ServedVersion _model;
    private readonly InspectOptions _options;
    private readonly ProgressScope _progress;
    private readonly ItemLabels _labels;
    private readonly RequestScratch _scratch;
    private StoreKeys? _keys;

    public InspectRun(Store store, ServedVersion model, InspectOptions options, ProgressScope progress)
    {
        options.Validate();
        (_store, _model, _options, _progress) = (store, model, options, progress);
        _labels = new ItemLabels(store);
        _scratch = model.Recommender.NewScratch();
    }

    /// <summary>
    /// Events of a session; Row −1 = not known to the version, Target = given, not part of the session.
    /// </summary>
    private sealed record Replay(
        string Key, List<(string Item, int Row, byte Action, long TimeMs)> Events, bool HasTarget);

    public InspectReport Run()
    {
        Replay replay = _options.Test is null ? FromLog() : FromFile(_options.Test);
        var steps = new List<InspectStep>();
        VersionData data = _model.Data;
        for (int at = replay.HasTarget ? replay.Events.Count - 1 : 1; at < replay.Events.Count; at++)
        {
            bool asked = replay.HasTarget
                || ActionTable.MakesPositivePairs(data.ActionWeights[replay.Events[at].Action]);
            if (!asked) continue;
            if (_options.Steps > 0 && steps.Count == _options.Steps) break;
            _progress.Poll();
            steps.Add(Step(replay, at, steps.Count + 1));
        }
        GC.KeepAlive(_model);
        return new InspectReport
        {
            Session = replay.Key,
            File = _options.Test?.Path,
            Trained = _options.Test is null,
            Version = _model.Version.Number,
            Source = SourceNames.NameOf(_options.Source),
            ServedSource = SourceNames.NameOf(_model.Recommender.ServedSource),
            Depth = Math.Max(Depth, _options.K),
            Steps = steps,
        };
    }

    private Replay FromLog()
    {
        SessionCorpus corpus = EventLog.Read(_store, segments => SessionCorpus.Load(
            _store.FileSystem, [.. segments.Select(s => Path.Combine(_store.EventsDirectory, s.File))],
            _progress));
        int session = Choose(
            corpus.SessionCount, corpus.SessionKey, s => (int)(corpus.Offsets[s + 1] - corpus.Offsets[s]));
        var rowOf = new Dictionary<long, int>();
        ReadOnlySpan<long> ordinals = _model.Data.Items.Ordinals;
        for (int row = 0; row < ordinals.Length; row++) rowOf[ordinals[row]] = row;
        _keys = StoreKeys.Load(_store);
        var events = new List<(string, int, byte, long)>();
        for (long e = corpus.Offsets[session]; e < corpus.Offsets[session + 1]; e++)
        {
            events.Add((
                _keys.Items.KeyString(corpus.Items[e]), rowOf.GetValueOrDefault(corpus.Items[e], -1),
                corpus.Actions[e],
                corpus.TimesMs[e]));
        }
        return new Replay(corpus.SessionKey(session), events, HasTarget: false);
    }

    private Replay FromFile(EventSource file)
    {
        using var temporary = new TemporaryDirectory(_store.FileSystem);
        TestCases cases = TestCases.Read(
            file, _options.TestOptions, _model.Data.Actions.Clone(), _store.FileSystem, temporary.Path,
            _progress);
        Evaluation.EvaluationSet set = Evaluation.EvaluationSet.From(cases, _model.Data.Items);
        int c = Choose(cases.Count, KeyOf, i =>
            (int)(cases.Offsets[i + 1] - cases.Offsets[i]) + (cases.Targets is null ? 0 : 1));
        var events = new List<(string, int, byte, long)>();
        for (long e = cases.Offsets[c]; e < cases.Offsets[c + 1]; e++)
            events.Add((cases.ItemKeys.KeyString(cases.Items[e]), set.Rows[e], cases.ActionCodes[e],
                cases.TimesMs[e]));
        if (cases.Targets is not null)
            events.Add(
                (cases.ItemKeys.KeyString(cases.Targets[c]), set.Targets![c], 0, TrainingSet.NoTime));
        return new Replay(KeyOf(c), events, cases.Targets is not null);

        string KeyOf(int i) => cases.SessionTexts?.KeyString(cases.SessionIds[i])
            ?? cases.SessionIds[i].ToString(System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>
    /// The newest session of the key asked for, or a random one; of at least two events, for one is to be
    /// predicted.
    /// </summary>
    private int Choose(int count, Func<int, string> keyOf, Func<int, int> lengthOf)
    {
        string place = _options.Test?.Path ?? _store.Path;
        if (_options.Session is string key)
        {
            for (int s = count - 1; s >= 0; s--)
            {
                if (keyOf(s) != key) continue;
                if (lengthOf(s) >= 2) return s;
                throw new EmbedEngineException(
                    ErrorCode.BadInput,
                    $"{place}: session '{key}' has one event: there is nothing to predict");
            }
            throw new EmbedEngineException(
                ErrorCode.Unknown,
                $"{place}: there is no session '{key}' among {count} (shorter ones than --min-session are "
                + "left out)");
        }
        var random = new CounterRandom(_options.Seed, 0x1A5).Stream();
        int start = count == 0 ? 0 : random.NextInt(count);
        for (int i = 0; i < count; i++)
        {
            int s = (int)(((long)start + i) % count);
            if (lengthOf(s) >= 2) return s;
        }
        throw new EmbedEngineException(ErrorCode.BadInput, $"{place}: no session has two events to replay");
    }

    private InspectStep Step(Replay replay, int at, int number)
    {
        Recommender recommender = _model.Recommender;
        VersionData data = _model.Data;
        (string Item, int Row, byte Action, long TimeMs)[] known =
            [.. replay.Events.Take(at).Where(e => e.Row >= 0)];
        SessionEvent[] session = Array.ConvertAll(known, e => new SessionEvent(
            data.Items.ItemAt(e.Row), e.TimeMs == TrainingSet.NoTime ? 0 : e.TimeMs, e.Action));
        var results = new RecommendedItem[_options.K];
        RecommendResult answer =
            _model.Recommend(session, results, new RecommendOptions { Source = _options.Source });
        var reasons = new RecommendReason[answer.Count];
        _model.Explain(session, results.AsSpan(0, answer.Count), reasons);
        int truth = replay.Events[at].Row;
        var ranks = new Dictionary<string, int?>();
        foreach (CandidateSourceKind source in SourceNames.All.Where(recommender.Has))
            ranks[SourceNames.NameOf(source)] = RankOf(truth, session, source);
        LoadLabels(replay, results.AsSpan(0, answer.Count));
        return new InspectStep
        {
            Step = number,
            History = [.. Enumerable.Range(0, at).Select(i => Event(replay, i))],
            Truth = Event(replay, at),
            Rank = ranks[SourceNames.NameOf(_options.Source)],
            Ranks = ranks,
            Fallback = answer.Fallback,
            Items = [.. Enumerable.Range(0, answer.Count).Select(i => Item(results[i], reasons[i], truth))],
        };
    }

    private int? RankOf(int truth, SessionEvent[] session, CandidateSourceKind source)
    {
        if (truth < 0) return null;
        Recommender recommender = _model.Recommender;
        SessionContext context = recommender.Translate(session, _scratch, out _);
        if (context.Length == 0) return null;
        recommender.Rank(
            context, source, Math.Min(Math.Max(Depth, _options.K), recommender.Data.RowCount), _scratch);
        int place = _scratch.Answer.Rows.IndexOf(truth);
        return place < 0 ? null : place + 1;
    }

    private void LoadLabels(Replay replay, ReadOnlySpan<RecommendedItem> results)
    {
        ReadOnlySpan<long> ordinals = _model.Data.Items.Ordinals;
        var wanted = new List<long>();
        foreach ((_, int row, _, _) in replay.Events)
        {
            if (row >= 0) wanted.Add(ordinals[row]);
        }
        foreach (RecommendedItem result in results)
        {
            if (_model.Data.Items.TryGetRow(result.Item, out int row)) wanted.Add(ordinals[row]);
        }
        _labels.Load(wanted);
    }

    private InspectEvent Event(Replay replay, int at)
    {
        (string item, int row, byte action, long time) = replay.Events[at];
        (string? category, string? title) =
            row < 0 ? (null, null) : _labels.Of(_model.Data.Items.Ordinals[row]);
        bool target = replay.HasTarget && at == replay.Events.Count - 1;
        string? name = target ? null : action < _model.Data.Actions.Count ? _model.Data.Actions.Name(action)
            : $"action {action}";
        return new InspectEvent(
            item, name, time == TrainingSet.NoTime ? null : time, title, category, row >= 0);
    }

    private InspectItem Item(RecommendedItem result, RecommendReason reason, int truth)
    {
        bool known = _model.Data.Items.TryGetRow(result.Item, out int row);
        (string? category, string? title) =
            known ? _labels.Of(_model.Data.Items.Ordinals[row]) : (null, null);
        bool explained = reason.Event >= 0;
        return new InspectItem(
            _model.KeyString(result.Item), result.Score, title, category, SourceNames.OfBits(result.Sources),
            explained ? _model.KeyString(reason.Because) : null,
            explained ? SourceNames.NameOf(reason.Source) : null,
            known && row == truth);
    }
}
