// Handles and names of a request's rules to the managed ones. A request with rules is a request like any
// other: arrays and names of the last one on a thread are used again, so that nothing is allocated once warm.

using System.Text;

namespace EmbedEngine.Native;

/// <summary>Translates boosts, caps and names of attributes.</summary>
internal static class RuleMapping
{
    private const int KeptNames = 16;
    private const int MostNameBytes = 128; // longer names are no attribute's

    [ThreadStatic]
    private static ItemBoost[]? t_boosts;

    [ThreadStatic]
    private static AttributeCap[]? t_caps;

    [ThreadStatic]
    private static string[]? t_fallback;

    [ThreadStatic]
    private static string?[]? t_names;

    [ThreadStatic]
    private static int t_nextName;

    /// <summary>
    /// What a filter's handle stands for, null = 0; it outlives the handle for as long as the call runs.
    /// </summary>
    public static ItemFilter? Filter(ulong handle, string name)
    {
        if (handle == 0) return null;
        using Lease<FilterHandle> lease = HandleTable.Enter<FilterHandle>(handle);
        return lease.Target.Filter
            ?? throw new ArgumentException($"{name} is a boost; a filter is of ee_filter_compile");
    }

    /// <summary>What the handles of boosts stand for; valid until the thread's next call of this.</summary>
    public static ReadOnlySpan<ItemBoost> Boosts(ReadOnlySpan<ulong> handles)
    {
        if (handles.IsEmpty) return default;
        ItemBoost[] boosts = Room(ref t_boosts, handles.Length);
        for (int i = 0; i < handles.Length; i++)
        {
            using Lease<FilterHandle> lease = HandleTable.Enter<FilterHandle>(handles[i]);
            boosts[i] = lease.Target.Boost ?? throw new ArgumentException(
                $"options.boosts[{i}] is a filter without a factor; a boost is of ee_boost_compile");
        }
        return boosts.AsSpan(0, handles.Length);
    }

    /// <summary>Caps; valid until the thread's next call of this.</summary>
    public static ReadOnlySpan<AttributeCap> Caps(ReadOnlySpan<CapArg> given)
    {
        if (given.IsEmpty) return default;
        AttributeCap[] caps = Room(ref t_caps, given.Length);
        for (int i = 0; i < given.Length; i++)
            caps[i] = new AttributeCap(Name(given[i].Name, "options.caps.name") ?? "", given[i].Most);
        return caps.AsSpan(0, given.Length);
    }

    /// <summary>Names of attributes; valid until the thread's next call of this.</summary>
    public static ReadOnlySpan<string> Names(ReadOnlySpan<TextArg> given, string argument)
    {
        if (given.IsEmpty) return default;
        string[] names = Room(ref t_fallback, given.Length);
        for (int i = 0; i < given.Length; i++) names[i] = Name(given[i], argument) ?? "";
        return names.AsSpan(0, given.Length);
    }

    /// <summary>A name that may be left out: null then.</summary>
    public static unsafe string? Name(in TextArg text, string argument)
    {
        if (text.Data == null) return null;
        ReadOnlySpan<byte> utf8 = Arguments.Buffer(text.Data, text.Length, argument);
        Span<char> name = stackalloc char[MostNameBytes];
        if (utf8.Length > MostNameBytes) return Arguments.OptionalText(text, argument);
        string?[] known = t_names ??= new string?[KeptNames];
        if (Encoding.UTF8.TryGetChars(utf8, name, out int length))
        {
            foreach (string? kept in known)
                if (kept is not null && name[..length].SequenceEqual(kept)) return kept;
        }
        string? read = Arguments.OptionalText(text, argument);
        known[t_nextName] = read;
        t_nextName = (t_nextName + 1) % KeptNames;
        return read;
    }

    private static T[] Room<T>(ref T[]? room, int count)
    {
        if (room is null || room.Length < count) room = new T[count];
        return room;
    }
}
