namespace EmbedEngine;

/// <summary>Checks of the options of an import that say how bytes become rows.</summary>
internal static class ReadingOptions
{
    /// <summary>Delimiter of two colons, as MovieLens has it.</summary>
    public const string TwoColons = "::";

    /// <summary>Options of rows in a file, given for what has none.</summary>
    /// <exception cref="ArgumentException">Order or rating is given.</exception>
    public static void RefuseColumns(ImportOptions options, string why)
    {
        if ((options.Order ?? options.Rating) is { } column)
            throw new ArgumentException($"column '{column}' orders or rates rows of a file: {why}");
    }

    /// <exception cref="ArgumentException">One is not usable.</exception>
    public static void Validate(ImportOptions options)
    {
        if (options.Delimiter is { } delimiter && delimiter != TwoColons
            && (delimiter.Length != 1 || delimiter[0] is < (char)1 or > (char)126 or '"' or '\n' or '\r'))
        {
            throw new ArgumentException(
                $"a delimiter is one ASCII character other than a quote or a line's end, or ::, not "
                + $"'{delimiter}'");
        }
        if (options.Encoding is not (null or "utf-8" or "utf-16" or "latin1"))
            throw new ArgumentException($"encoding '{options.Encoding}' is not utf-8, utf-16 or latin1");
        if (options.MinRating is { } rating && !double.IsFinite(rating))
            throw new ArgumentException("min_rating is not a finite number");
        if (options.MinRating is null != options.Rating is null)
            throw new ArgumentException("rating and min_rating go together: the column, and the least of it");
        _ = Interactions.Reading.TimeZones.Find(options.TimeZone);
    }
}
