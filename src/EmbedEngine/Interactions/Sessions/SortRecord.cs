namespace EmbedEngine.Interactions.Sessions;

/// <summary>
/// One event row on its way through the sorter, 40 bytes; also the layout of spilled runs (same process, so
/// native byte order). Order: session, time, the caller's order, row.
/// </summary>
internal readonly record struct SortRecord(
    long Session, long TimeMs, long Order, long RowAndAction, int Item, int User) : IComparable<SortRecord>
{
    public const int Bytes = 40;

    public const long MaxRow = long.MaxValue >> 8;

    public long Row => RowAndAction >> 8;

    public byte Action => (byte)RowAndAction;

    public int CompareTo(SortRecord other)
    {
        if (Session != other.Session) return Session < other.Session ? -1 : 1;
        if (TimeMs != other.TimeMs) return TimeMs < other.TimeMs ? -1 : 1;
        if (Order != other.Order) return Order < other.Order ? -1 : 1;
        return RowAndAction.CompareTo(other.RowAndAction);
    }

    public static bool operator <(SortRecord a, SortRecord b) => a.CompareTo(b) < 0;

    public static bool operator >(SortRecord a, SortRecord b) => a.CompareTo(b) > 0;

    public static bool operator <=(SortRecord a, SortRecord b) => a.CompareTo(b) <= 0;

    public static bool operator >=(SortRecord a, SortRecord b) => a.CompareTo(b) >= 0;
}
