// Units whose records in answer logs count no more, while a running process still has such a log open: it
// cannot be rewritten under that process, so the catalog says what is to be passed over, and the next writer
// that finds the log closed leaves it out and forgets that there was anything to forget.

using System.Globalization;
using EmbedEngine.Storage.Catalog;

namespace EmbedEngine.Pipelines.Online;

/// <summary>Forgotten units and until when their records are to be passed over, ms.</summary>
internal sealed class ForgottenUnits
{
    private readonly List<long> _units = []; // the hashes' bits
    private readonly List<long> _until = [];

    public bool IsEmpty => _units.Count == 0;

    /// <summary>What the catalog says.</summary>
    public static ForgottenUnits Read(CatalogReader catalog)
    {
        var forgotten = new ForgottenUnits();
        CatalogSeals.Check(catalog, MetaTable.Table);
        string text = MetaTable.Get(catalog, MetaTable.ForgottenAnswers) ?? "";
        foreach (string entry in text.Split(';', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] parts = entry.Split(':');
            forgotten.Add(
                (ulong)long.Parse(parts[0], CultureInfo.InvariantCulture),
                long.Parse(parts[^1], CultureInfo.InvariantCulture));
        }
        return forgotten;
    }

    /// <summary>Puts it into the catalog.</summary>
    public void Write(CatalogWriter catalog)
    {
        if (IsEmpty)
        {
            MetaTable.Delete(catalog, MetaTable.ForgottenAnswers);
            return;
        }
        string text = "";
        for (int i = 0; i < _units.Count; i++)
        {
            text += _units[i].ToString(CultureInfo.InvariantCulture) + ":"
                + _until[i].ToString(CultureInfo.InvariantCulture) + ";";
        }
        MetaTable.Set(catalog, MetaTable.ForgottenAnswers, text);
    }

    public void Add(ulong unit, long untilMs)
    {
        int at = _units.IndexOf((long)unit);
        if (at >= 0)
        {
            _until[at] = Math.Max(_until[at], untilMs);
            return;
        }
        _units.Add((long)unit);
        _until.Add(untilMs);
    }

    /// <summary>Whether a unit's record of a time is to be passed over.</summary>
    public bool Has(ulong unit, long timeMs)
    {
        if (_units.Count == 0 || unit == 0) return false;
        int at = _units.IndexOf((long)unit);
        return at >= 0 && timeMs <= _until[at];
    }

    /// <summary>Drops entries that no log begun before them can concern; whether there were any.</summary>
    public bool RemoveBefore(long oldestOpenMs)
    {
        bool any = false;
        for (int i = _units.Count - 1; i >= 0; i--)
        {
            if (_until[i] >= oldestOpenMs) continue;
            _units.RemoveAt(i);
            _until.RemoveAt(i);
            any = true;
        }
        return any;
    }
}
