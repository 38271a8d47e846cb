// Sessions of a test file in memory, in the order they arrive, with the target where a line names one.

using EmbedEngine.Interactions.Log;
using EmbedEngine.Interactions.Sessions;

namespace EmbedEngine.Interactions.Corpus;

/// <summary>The sink of <see cref="TestCases.Read"/>.</summary>
internal sealed class CaseCollector : ISessionSink
{
    private readonly List<LogEvent> _events = [];
    private readonly List<Case> _cases = [];

    /// <summary>One collected session; Target −1 = the line names none.</summary>
    internal readonly record struct Case(
        long Key, byte[] TextKey, int User, long FirstRow, int Start, int Count, int Target);

    public IReadOnlyList<Case> Cases => _cases;

    public bool AnyTarget { get; private set; }

    public void Add(in SessionRecord session)
    {
        int start = _events.Count;
        _events.AddRange(session.Events);
        _cases.Add(new Case(
            session.Key, session.TextKey.ToArray(), session.User, session.FirstRow, start,
            session.Events.Length, -1));
    }

    public void SetTargetOfLast(int target)
    {
        _cases[^1] = _cases[^1] with { Target = target };
        AnyTarget = true;
    }

    public void RemoveLast()
    {
        _events.RemoveRange(_cases[^1].Start, _cases[^1].Count);
        _cases.RemoveAt(_cases.Count - 1);
    }

    public ReadOnlySpan<LogEvent> Events(in Case session) =>
        System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_events).Slice(session.Start, session.Count);

    /// <summary>Gives every collected session on to another sink.</summary>
    public void Replay(ISessionSink sink)
    {
        foreach (Case c in _cases)
        {
            sink.Add(new SessionRecord
            {
                Key = c.Key,
                TextKey = c.TextKey,
                User = c.User,
                FirstRow = c.FirstRow,
                Events = Events(c),
            });
        }
    }

    /// <summary>
    /// Numbers the sessions behind target cases: neighbouring rows are of one session where they name the
    /// same key, or where one's items are a proper prefix of the other's and its target is the item that
    /// follows there.
    /// </summary>
    public int[] Clusters(bool textKeys, out int count)
    {
        int[] clusters = new int[_cases.Count];
        count = _cases.Count == 0 ? 0 : 1;
        for (int i = 1; i < _cases.Count; i++)
        {
            (Case a, Case b) = (_cases[i - 1], _cases[i]);
            bool same = (textKeys ? a.TextKey.AsSpan().SequenceEqual(b.TextKey) : a.Key == b.Key)
                || Continues(a, b) || Continues(b, a);
            if (!same) count++;
            clusters[i] = count - 1;
        }
        return clusters;
    }

    private bool Continues(in Case longer, in Case shorter)
    {
        if (shorter.Count >= longer.Count) return false;
        ReadOnlySpan<LogEvent> a = Events(longer);
        ReadOnlySpan<LogEvent> b = Events(shorter);
        for (int i = 0; i < b.Length; i++)
            if (a[i].Item != b[i].Item) return false;
        return a[b.Length].Item == shorter.Target;
    }
}
