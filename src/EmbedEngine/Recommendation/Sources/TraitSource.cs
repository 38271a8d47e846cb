using EmbedEngine.Profiles;

namespace EmbedEngine.Recommendation.Sources;

/// <summary>
/// Items of the traits that the user shows: Σ share of the trait · weight of the item in it, over the traits'
/// heaviest items.
/// </summary>
internal sealed class TraitSource(TraitTable traits, VersionData version) : CandidateSource
{
    /// <summary>Shares below it are left out: a list of 200 items of each.</summary>
    private const float SmallestShare = 0.05f;

    /// <summary>Null in versions that have no traits.</summary>
    public static TraitSource? Open(VersionData version) =>
        version.Traits is { } traits ? new TraitSource(traits, version) : null;

    public override CandidateSourceKind Kind => CandidateSourceKind.Traits;

    public override void Collect(
        in SessionContext session, int count, RequestScratch scratch, CandidateList list)
    {
        ReadOnlySpan<float> profile = Profile(version, traits, session, scratch);
        for (int t = 0; t < profile.Length; t++)
        {
            if (profile[t] < SmallestShare) continue;
            ReadOnlySpan<int> rows = traits.TopOf(t, out ReadOnlySpan<float> weights);
            for (int i = 0; i < rows.Length; i++)
            {
                if ((uint)rows[i] < (uint)version.RowCount)
                    scratch.Accumulator.Add(rows[i], profile[t] * weights[i]);
            }
        }
        scratch.Accumulator.TakeBest(count, list);
    }

    /// <summary>The profile of all that is known of the user; valid until the scratch's next one.</summary>
    public static ReadOnlySpan<float> Profile(
        VersionData version, TraitTable traits, in SessionContext session, RequestScratch scratch)
    {
        CustomerProfile.Traits(version, traits, session, scratch);
        return scratch.Traits!.Profile;
    }
}
