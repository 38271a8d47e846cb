// The part of the facade that measures answers where they are given: which version answers whom, what was
// answered, and what came of it. docs/online.md.

using System.Text;
using EmbedEngine.Interactions.Keys;
using EmbedEngine.Interactions.Log;
using EmbedEngine.Pipelines.Online;
using EmbedEngine.Storage;
using EmbedEngine.Storage.Catalog;

namespace EmbedEngine;

/// <content>Recorded answers and experiments.</content>
public sealed partial class Engine
{
    private static readonly TimeSpan DefaultWindow = TimeSpan.FromDays(1);

    /// <summary>
    /// Splits the store's users between versions, from now on and in every process that opens or refreshes
    /// the store. Setting it again moves as few users as the new shares ask for.
    /// </summary>
    /// <param name="arms"><c>control=active:50,treatment=candidate:50</c>: 1 to 16 arms of name, alias and
    /// percent, in steps of 0.01. Users beyond their sum are answered by the active version and in no
    /// arm.</param>
    /// <param name="salt">Mixed into the split, at most 64 bytes; null = the one there is, else "". Another
    /// one splits everybody anew.</param>
    /// <exception cref="ArgumentException">The text is none of this form; it says where.</exception>
    /// <exception cref="EmbedEngineException"><see cref="ErrorCode.Unknown"/>: no such alias.</exception>
    public Experiment SetExperiment(string arms, string? salt = null)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ArgumentException.ThrowIfNullOrEmpty(arms);
        _store.EnsureExists();
        long now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        // Once without the lock: what is no text of arms writes nothing.
        Split.Parse(arms, salt, now, null);
        using (WriteSession write = _store.BeginWrite())
        {
            write.Commit(catalog =>
            {
                Split split = Split.Parse(arms, salt, now, ReadableSplit(catalog));
                Dictionary<string, long> aliases = VersionAliasTable.All(catalog);
                foreach (string alias in split.Aliases)
                {
                    if (aliases.ContainsKey(alias)) continue;
                    throw new EmbedEngineException(
                        ErrorCode.Unknown,
                        $"{Path}: there is no alias '{alias}'; `alias` gives a version one");
                }
                split.Write(catalog);
            });
        }
        Refresh();
        return Experiment()!;
    }

    /// <summary>One that cannot be read is replaced like one that is not there.</summary>
    private static Split? ReadableSplit(CatalogReader catalog)
    {
        try
        {
            return Split.Read(catalog);
        }
        catch (EmbedEngineException e) when (e.Code == ErrorCode.Corrupt)
        {
            return null;
        }
    }

    /// <summary>Ends the experiment: the active version answers everybody. What was recorded stays.</summary>
    public void EndExperiment()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        _store.EnsureExists();
        using (WriteSession write = _store.BeginWrite())
            write.Commit(catalog => MetaTable.Delete(catalog, MetaTable.Experiment));
        Refresh();
    }

    /// <summary>The store's experiment; null = none runs.</summary>
    public Experiment? Experiment()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        _store.EnsureExists();
        (Split? split, Dictionary<string, long> aliases) = Split.Read(_store);
        return split?.Report(aliases);
    }

    /// <summary>
    /// The arm of a user, or of an anonymous session by its id; null = in none. Takes no lock and allocates
    /// nothing.
    /// </summary>
    /// <param name="unit">Key of the user, or id of the session.</param>
    public string? ArmOf(string unit)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        int arm = ArmOf(unit, out ArmModels? arms);
        return arm < 0 ? null : arms!.Split.Names[arm];
    }

    /// <summary>
    /// The version that answers a user, or an anonymous session: that of the arm, else the one that answers
    /// everybody. Takes no lock and allocates nothing. As <see cref="Model"/> it is the engine's.
    /// </summary>
    /// <param name="unit">Key of the user, or id of the session.</param>
    /// <exception cref="EmbedEngineException"><see cref="ErrorCode.NoModel"/>: nothing was trained
    /// yet.</exception>
    public Model ModelFor(string unit)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        int arm = ArmOf(unit, out ArmModels? arms);
        return arm < 0 ? RequireModel() : arms!.Models[arm] ?? RequireModel();
    }

    /// <summary>
    /// Records an answer, so that what comes of it can be measured: one write to this engine's own answer
    /// log. It fails open: where nothing can be written (a read-only store, a full disk) the id is none and
    /// <see cref="StoreInfo.AnswerProblem"/> says why.
    /// </summary>
    /// <param name="model">The version that answered.</param>
    /// <param name="answer">What it returned.</param>
    /// <param name="items">The answered items, best first; of more than 1,000 the first are kept.</param>
    /// <param name="user">Key of the user who was answered; null = unknown.</param>
    /// <param name="session">Id of the anonymous session; not asked where there is a user. Where there is
    /// neither, each answer is on its own.</param>
    /// <returns>The answer's id, for <see cref="Observe(string, string, string, long?, string, out
    /// RequestLink)"/>.</returns>
    public AnswerId RecordAnswer(
        Model model, in RecommendResult answer, ReadOnlySpan<RecommendedItem> items, string? user = null,
        string? session = null)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ArgumentNullException.ThrowIfNull(model);
        if (items.Length < answer.Count)
            throw new ArgumentException($"{answer.Count} items were answered, {items.Length} are given");
        Span<byte> utf8 = stackalloc byte[KeyDictionary.MaxTextBytes];
        string? unit = user ?? session;
        ReadOnlySpan<byte> key = unit is null ? default : utf8[..Utf8Of(unit, utf8)];
        ulong hash = unit is null ? 0
            : user is not null ? AnswerLog.UnitOfUser(key) : AnswerLog.UnitOfSession(key);
        if (Recorder() is not { } recorder || recorder.Log.Begin() is not { } record) return default;
        AnswerId id = recorder.Ids.Next(recorder.Log.Now());
        try
        {
            Split? split = unit is null ? null : Volatile.Read(ref _arms)?.Split;
            items = items[..Math.Min(answer.Count, AnswerLog.MostItems)];
            bool int64 = model.KeyKind != KeyKind.Text;
            AnswerLog.BeginAnswer(
                record, id, hash, answer.Version, split is null ? default : split.Utf8Name(split.ArmOf(key)),
                int64, items.Length);
            foreach (RecommendedItem item in items)
            {
                if (int64) AnswerLog.Item(record, item.Item);
                else AnswerLog.Item(record, model.Utf8Key(item.Item));
            }
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // An item of another version than the model's.
            recorder.Log.Miss(e.Message);
            return default;
        }
        return recorder.Log.Append() ? id : default;
    }

    /// <summary>As <see cref="Observe(string, string, string, long?)"/>, of an event that an answer led
    /// to.</summary>
    /// <param name="user">As there.</param>
    /// <param name="item">As there.</param>
    /// <param name="action">As there.</param>
    /// <param name="timeMs">As there.</param>
    /// <param name="request">Id of the answer, as <see cref="AnswerId.ToString"/> writes it.</param>
    /// <param name="link">What became of the id; the event is taken whatever it is.</param>
    /// <returns>As there.</returns>
    public bool Observe(
        string user, string item, string action, long? timeMs, string request, out RequestLink link)
    {
        ArgumentNullException.ThrowIfNull(request);
        long time = timeMs ?? DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        bool known = Observe(user, item, action, time);
        // The event is in its log: from here on nothing throws.
        link = !AnswerId.TryParse(request, out AnswerId id) ? RequestLink.Malformed
            : Link(id, user, item, action, time);
        return known;
    }

    private RequestLink Link(AnswerId id, string user, string item, string action, long time)
    {
        if (Recorder() is not { } recorder) return RequestLink.NotWritten;
        if (!recorder.Ids.Knows(id)) return RequestLink.Unknown;
        if (id.TimeMs < recorder.Log.Now() - AnswerLogKeeper.RetentionMs) return RequestLink.Expired;
        if (recorder.Log.Begin() is not { } record) return RequestLink.NotWritten;
        bool int64 = KeyText.TryParseInt64(Encoding.UTF8.GetBytes(item), out long number)
            && _liveKinds.Items == KeyKind.Int64;
        AnswerLog.BeginOutcome(
            record, id, AnswerLog.UnitOfUser(Encoding.UTF8.GetBytes(user)), time,
            Encoding.UTF8.GetBytes(action), int64);
        if (int64) AnswerLog.Item(record, number);
        else AnswerLog.Item(record, Encoding.UTF8.GetBytes(item));
        return recorder.Log.Append() ? RequestLink.Taken : RequestLink.NotWritten;
    }

    /// <summary>
    /// What came of the recorded answers, by arm: clicks and orders of answered items that were observed with
    /// the answer's id, with intervals clustered by user.
    /// </summary>
    /// <param name="sinceMs">Answers from this time on; null = since the experiment was last set, else
    /// all.</param>
    /// <param name="window">How long after an answer what happens counts, 1 minute to 90 days; null = a
    /// day.</param>
    /// <exception cref="ArgumentOutOfRangeException">The window is not 1 minute to 90 days.</exception>
    public OnlineReport EvaluateOnline(long? sinceMs = null, TimeSpan? window = null)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        TimeSpan within = window ?? DefaultWindow;
        ArgumentOutOfRangeException.ThrowIfLessThan(within, TimeSpan.FromMinutes(1), nameof(window));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(within, TimeSpan.FromDays(90), nameof(window));
        _store.EnsureExists();
        return OnlineRun.Run(
            _store, sinceMs, (long)within.TotalMilliseconds,
            DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() + 1);
    }

    private ArmModels? _arms;
    private AnswerRecorder? _recorder;
    private long _answersMissed; // before there was a recorder
    private string? _answerProblem;

    /// <summary>The split, and of each arm what answers; null = the active version does.</summary>
    private sealed class ArmModels
    {
        public required Split Split { get; init; }

        public required Model?[] Models { get; init; }
    }

    /// <summary>Where answers are recorded.</summary>
    private sealed class AnswerRecorder
    {
        public required AnswerLogWriter Log { get; init; }

        public required AnswerIds Ids { get; init; }
    }

    private int ArmOf(string unit, out ArmModels? arms)
    {
        arms = Volatile.Read(ref _arms);
        Span<byte> utf8 = stackalloc byte[KeyDictionary.MaxTextBytes];
        int length = Utf8Of(unit, utf8);
        return arms is null ? -1 : arms.Split.ArmOf(utf8[..length]);
    }

    /// <summary>
    /// Opens what the arms' aliases name now. An arm whose version cannot be opened is answered by the active
    /// one: requests fail open.
    /// </summary>
    private void RefreshArms()
    {
        ArmModels? before = Volatile.Read(ref _arms);
        Split? split;
        Dictionary<string, long> aliases;
        try
        {
            (split, aliases) = Split.Read(_store);
        }
        catch (EmbedEngineException e) when (e.Code is ErrorCode.Corrupt)
        {
            return; // `verify` names the damage; users stay where they are
        }
        ArmModels? arms = null;
        if (split is not null)
        {
            var models = new Model?[split.Names.Length];
            for (int a = 0; a < models.Length; a++)
            {
                long version = aliases.GetValueOrDefault(split.Aliases[a]);
                if (version == 0 || version == Model?.Version.Number) continue;
                models[a] = Opened(models, version) ?? Opened(before?.Models ?? [], version)
                    ?? TryOpenModel(version);
            }
            arms = new ArmModels { Split = split, Models = models };
        }
        Volatile.Write(ref _arms, arms);
        // Queries that run on an old one keep its mapping; only its claim against collection goes.
        foreach (Model? model in before?.Models ?? [])
        {
            if (model is not null && Array.IndexOf(arms?.Models ?? [], model) < 0) model.ReleaseLease();
        }
    }

    private static Model? Opened(Model?[] models, long version)
    {
        foreach (Model? model in models)
        {
            if (model?.Version.Number == version) return model;
        }
        return null;
    }

    private Model? TryOpenModel(long version)
    {
        try
        {
            return OpenModel(version);
        }
        catch (EmbedEngineException)
        {
            return null; // `verify` and `ab` name it
        }
    }

    /// <summary>Null where answers cannot be recorded; it is counted and said then.</summary>
    private AnswerRecorder? Recorder()
    {
        if (Volatile.Read(ref _recorder) is { } there) return there;
        try
        {
            lock (_liveGate)
            {
                if (_recorder is not null) return _recorder;
                _store.EnsureExists();
                _store.EnsureWritable();
                _store.RefuseLinks();
                return _recorder = new AnswerRecorder
                {
                    Ids = AnswerIds.Of(_store),
                    Log = new AnswerLogWriter(_store.FileSystem, _store.EventsDirectory)
                    {
                        Ended = () => AnswerLogKeeper.Trim(
                            _store, DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()),
                    },
                };
            }
        }
        catch (EmbedEngineException e)
        {
            Interlocked.Increment(ref _answersMissed);
            Volatile.Write(ref _answerProblem, e.Message);
            return null;
        }
    }

    private void CloseOnline()
    {
        foreach (Model? model in _arms?.Models ?? []) model?.Dispose();
        if (_recorder is null) return;
        _recorder.Log.Dispose();
        AnswerLogKeeper.FoldQuietly(_store);
    }

    private static int Utf8Of(string unit, Span<byte> utf8)
    {
        ArgumentException.ThrowIfNullOrEmpty(unit);
        return Encoding.UTF8.TryGetBytes(unit, utf8, out int length) ? length
            : throw new ArgumentException($"a key has at most {utf8.Length} bytes of UTF-8", nameof(unit));
    }
}
