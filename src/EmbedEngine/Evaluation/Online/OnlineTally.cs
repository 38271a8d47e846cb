// Joins outcomes with the answers they name, and sums by user and arm. Outcomes come first, all of them, then
// answers in any order: only outcomes and one line a user are held, so that a log of any length is read once
// for each. An outcome counts once for its answer: the item must be one of those answered, the time within
// the window.

using EmbedEngine.Interactions.Keys;
using EmbedEngine.Interactions.Log;
using EmbedEngine.Numerics;

namespace EmbedEngine.Evaluation.Online;

/// <summary>Counts what came of answers. Not thread-safe.</summary>
/// <param name="sinceMs">Answers before this do not count.</param>
/// <param name="untilMs">Nor do those from this on.</param>
/// <param name="windowMs">Time after an answer in which its outcomes happen.</param>
/// <param name="kinds">What actions are.</param>
internal sealed class OnlineTally(long sinceMs, long untilMs, long windowMs, ActionTable kinds)
{
    /// <summary>How far clocks may differ: an outcome may seem to come so long before its answer.</summary>
    public const long ClockMs = 60_000;

    private const int Moved = -1;
    private const int LeastExpected = 5;

    private struct Outcome
    {
        public AnswerId Id;
        public long Item;
        public bool Ordered;
        public int Next;
    }

    private struct User
    {
        public int Arm;
        public int Answers;
        public int Clicks;
        public int Conversions;
    }

    private readonly KeyDictionary _ids = new(KeyKind.Int64);
    private readonly KeyDictionary _units = new(KeyKind.Int64);
    private readonly List<byte[]> _arms = [];
    private Outcome[] _outcomes = new Outcome[64];
    private int[] _last = new int[64];   // by id: its newest outcome, plus one
    private bool[] _matched = new bool[64];
    private User[] _users = new User[64];
    private byte[] _action = [];         // the one asked last, and what it is
    private ActionKind _kind = ActionKind.Other;
    private int _outcomeCount;
    private long _late;
    private long _otherItems;

    /// <summary>Takes an outcome.</summary>
    public void AddOutcome(in AnswerRecord record)
    {
        if (record.Id.TimeMs < sinceMs || record.Id.TimeMs >= untilMs) return;
        ActionKind kind = KindOf(record.Action);
        if (kind is not (ActionKind.Click or ActionKind.Order)) return;
        long after = record.TimeMs - record.Id.TimeMs;
        if (after < -ClockMs || after > windowMs)
        {
            _late++;
            return;
        }
        ReadOnlySpan<byte> items = record.Items;
        if (!AnswerLog.TryItem(ref items, record.Int64Items, out long item)) return;
        int id = (int)_ids.GetOrAdd(Fold(record.Id));
        if (id >= _last.Length)
        {
            Array.Resize(ref _last, 2 * id);
            Array.Resize(ref _matched, 2 * id);
        }
        if (_outcomeCount == _outcomes.Length) Array.Resize(ref _outcomes, 2 * _outcomeCount);
        _outcomes[_outcomeCount] = new Outcome
        {
            Id = record.Id, Item = item, Ordered = kind == ActionKind.Order, Next = _last[id],
        };
        _last[id] = ++_outcomeCount;
    }

    /// <summary>Takes an answer; all outcomes were taken before.</summary>
    public void AddAnswer(in AnswerRecord record)
    {
        if (record.TimeMs < sinceMs || record.TimeMs >= untilMs) return;
        int arm = ArmOf(record.Arm);
        // Without a user each answer is on its own.
        int unit = (int)_units.GetOrAdd(record.Unit != 0 ? (long)record.Unit : Fold(record.Id));
        if (unit >= _users.Length) Array.Resize(ref _users, 2 * unit);
        ref User user = ref _users[unit];
        if (user.Answers == 0) user.Arm = arm;
        else if (user.Arm != arm) user.Arm = Moved;
        user.Answers++;
        if (!_ids.TryGet(Fold(record.Id), out long id)) return;
        _matched[id] = true;
        (bool clicked, bool ordered) = (false, false);
        for (int o = _last[id]; o > 0; o = _outcomes[o - 1].Next)
        {
            ref Outcome outcome = ref _outcomes[o - 1];
            if (outcome.Id != record.Id) continue;
            if (!Has(record, outcome.Item)) _otherItems++;
            else if (outcome.Ordered) ordered = true;
            else clicked = true;
        }
        if (clicked) user.Clicks++;
        if (ordered) user.Conversions++;
    }

    /// <summary>The sums as figures.</summary>
    /// <param name="experiment">Arms and shares; null = none runs.</param>
    public OnlineReport Report(Experiment? experiment)
    {
        var names = new List<string>();
        foreach (ExperimentArm arm in experiment?.Arms ?? []) names.Add(arm.Name);
        int shared = names.Count;
        var places = new int[_arms.Count];
        for (int a = 0; a < places.Length; a++)
        {
            string name = System.Text.Encoding.UTF8.GetString(_arms[a]);
            if (name.Length == 0) name = names.Contains("active") ? "(no arm)" : "active";
            places[a] = names.IndexOf(name);
            if (places[a] >= 0) continue;
            places[a] = names.Count;
            names.Add(name);
        }
        var sums = new ArmSums[names.Count];
        long moved = 0;
        for (int u = 0; u < _units.Count; u++)
        {
            User user = _users[u];
            if (user.Arm == Moved) moved++;
            else sums[places[user.Arm]].Add(user.Answers, user.Clicks, user.Conversions);
        }
        var comparisons = new List<OnlineComparison>();
        for (int a = 1; a < shared; a++) comparisons.Add(sums[a].Minus(names[a], sums[0], names[0]));
        long unmatched = 0;
        for (int o = 0; o < _outcomeCount; o++)
        {
            if (_ids.TryGet(Fold(_outcomes[o].Id), out long id) && !_matched[id]) unmatched++;
        }
        return new OnlineReport
        {
            SinceMs = sinceMs, UntilMs = untilMs, WindowMs = windowMs,
            Arms = Array.ConvertAll(Enumerable.Range(0, names.Count), a => sums[a].Report(names[a])),
            Comparisons = comparisons, SampleRatioP = SampleRatio(experiment, sums), MovedUsers = moved,
            UnmatchedOutcomes = unmatched, LateOutcomes = _late, OtherItems = _otherItems,
        };
    }

    /// <summary>Chi-square of the users by arm against the shares.</summary>
    private static double? SampleRatio(Experiment? experiment, ArmSums[] sums)
    {
        if (experiment is null || experiment.Arms.Count < 2) return null;
        double users = 0, shares = 0, chiSquare = 0;
        for (int a = 0; a < experiment.Arms.Count; a++)
        {
            users += sums[a].Users;
            shares += experiment.Arms[a].Share;
        }
        if (users == 0) return null;
        for (int a = 0; a < experiment.Arms.Count; a++)
        {
            double expected = users * experiment.Arms[a].Share / shares;
            if (expected < LeastExpected) return null; // the chi-square says nothing yet
            chiSquare += (sums[a].Users - expected) * (sums[a].Users - expected) / expected;
        }
        return NormalTail.ChiSquare(chiSquare, experiment.Arms.Count - 1);
    }

    private static bool Has(in AnswerRecord record, long item)
    {
        ReadOnlySpan<byte> items = record.Items;
        for (int i = 0; i < record.ItemCount; i++)
        {
            if (!AnswerLog.TryItem(ref items, record.Int64Items, out long answered)) return false;
            if (answered == item) return true;
        }
        return false;
    }

    private int ArmOf(ReadOnlySpan<byte> name)
    {
        for (int a = 0; a < _arms.Count; a++)
        {
            if (name.SequenceEqual(_arms[a])) return a;
        }
        _arms.Add(name.ToArray());
        return _arms.Count - 1;
    }

    private ActionKind KindOf(ReadOnlySpan<byte> action)
    {
        if (action.SequenceEqual(_action)) return _kind;
        _action = action.ToArray();
        return _kind = kinds.TryFind(System.Text.Encoding.UTF8.GetString(action), out byte code)
            ? kinds.Kind(code) : ActionKind.Other;
    }

    private static long Fold(AnswerId id) => (long)(id.High * 0x9E3779B97F4A7C15 ^ id.Low);
}
