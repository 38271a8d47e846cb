// What somebody may have meant by a name that is not known. For messages: must never be used to choose.

namespace EmbedEngine;

/// <summary>Finds the known name nearest to a wrong one.</summary>
internal static class NearestName
{
    /// <summary>Longer names are nobody's slip, and would take long.</summary>
    private const int LongestName = 256;

    /// <summary>"did you mean 'x'? " where a known name is near enough, else nothing.</summary>
    public static string Guess(string name, IEnumerable<string> known)
    {
        if (name.Length > LongestName) return "";
        string? nearest = known.Where(k => k.Length <= LongestName).MinBy(k => Distance(k, name));
        return nearest is not null && Distance(nearest, name) <= Math.Max(2, name.Length / 3)
            ? $"did you mean '{nearest}'? " : "";
    }

    /// <summary>Letters to insert, take away or change to make one word of the other.</summary>
    private static int Distance(string a, string b)
    {
        int[] row = [.. Enumerable.Range(0, b.Length + 1)];
        for (int i = 1; i <= a.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int above = row[j];
                int changed = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
                row[j] = Math.Min(changed, Math.Min(above, row[j - 1]) + 1);
                diagonal = above;
            }
        }
        return row[^1];
    }
}
