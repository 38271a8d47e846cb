// What a user's earlier sessions say of each candidate: had they seen or bought it, how long ago, is it time
// to buy it again, is it of their categories, traits and vector. Part of RankerFeatures; all 0 where nothing
// is known of earlier sessions.

using EmbedEngine.Indexing;
using EmbedEngine.Interactions.Attributes;
using EmbedEngine.Interactions.Corpus;
using EmbedEngine.Interactions.Keys;
using EmbedEngine.Numerics;
using EmbedEngine.Profiles;
using EmbedEngine.Recommendation.Sources;
using static EmbedEngine.Recommendation.Ranking.RankerSchema;

namespace EmbedEngine.Recommendation.Ranking;

/// <summary>Features of the group <c>user</c>.</summary>
internal static class UserFeatures
{
    private const float MsPerHour = 3_600_000;

    /// <summary>Fills the columns; the others have been computed and the session has a past.</summary>
    public static void Compute(VersionData data, in SessionContext session, RequestScratch scratch)
    {
        RankerScratch ranker = scratch.Ranker;
        long now = session.NowMs;
        if (session.StandsIn) ranker.Column(PlaceOf(Extra.StandsIn)).Fill(1);
        ranker.Column(PlaceOf(Extra.LogPast)).Fill(MathF.Log(1 + session.PastRows.Length));
        long last = session.StandsIn ? session.TimesMs[^1] : session.PastTimesMs[^1];
        ranker.Column(PlaceOf(Extra.HoursSincePast)).Fill(LogHours(now, last));
        OfItems(data, session, now, ranker);
        if (data.Categories is not null) OfCategories(data, session, scratch);
        if (data.Item2Vec is { } space) OfVector(data, space, session, scratch);
        if (data.Traits is { } traits) OfTraits(data, traits, session, scratch);
    }

    private static void OfItems(VersionData data, in SessionContext session, long now, RankerScratch ranker)
    {
        Span<float> times = ranker.Column(PlaceOf(Extra.PastTimes));
        Span<float> steps = ranker.Column(PlaceOf(Extra.PastSteps));
        Span<float> hours = ranker.Column(PlaceOf(Extra.PastHours));
        Span<float> action = ranker.Column(PlaceOf(Extra.PastAction));
        Span<float> orderHours = ranker.Column(PlaceOf(Extra.PastOrderHours));
        Span<float> rhythm = ranker.Column(PlaceOf(Extra.PastRhythm));
        int length = session.PastRows.Length;
        for (int e = 0; e < length; e++)
        {
            int at = ranker.PlaceOf(session.PastRows[e]);
            if (at < 0) continue;
            long time = session.PastTimesMs[e];
            ActionKind kind = data.ActionKinds[session.PastActions[e]];
            times[at]++;
            steps[at] = 1f / (length - e);
            action[at] = Math.Max(action[at], (int)kind + 1);
            hours[at] = Recency(now, time);
            if (kind == ActionKind.Order) orderHours[at] = Recency(now, time);
            // Holds the time since the first event until the rhythm is made of it below.
            if (times[at] == 1) rhythm[at] = HoursBetween(now, time);
        }
        for (int i = 0; i < ranker.Count; i++)
        {
            if (times[i] == 0) continue;
            rhythm[i] = times[i] < 2 ? 0 : Rhythm(rhythm[i], hours[i], times[i]);
            times[i] = MathF.Log(1 + times[i]);
        }
    }

    /// <summary>
    /// How far an item's usual interval has passed: hours since it was last met, by the mean hours between
    /// meetings, as x / (1 + x).
    /// </summary>
    private static float Rhythm(float sinceFirst, float recency, float times)
    {
        float sinceLast = recency > 0 ? (1 / recency) - 1 : 0;
        float interval = (sinceFirst - sinceLast) / (times - 1);
        return interval > 0 ? sinceLast / (sinceLast + interval) : 0;
    }

    private static void OfCategories(VersionData data, in SessionContext session, RequestScratch scratch)
    {
        RankerScratch ranker = scratch.Ranker;
        Span<float> share = ranker.Column(PlaceOf(Extra.PastCategoryShare));
        Span<int> categories = stackalloc int[EventTail.MostEvents];
        int known = Math.Min(session.PastRows.Length, categories.Length);
        if (known == 0) return;
        categories = categories[..known];
        for (int e = 0; e < known; e++)
            categories[e] = data.Categories!.CategoryOf(session.PastRows[^(known - e)]);
        for (int i = 0; i < ranker.Count; i++)
        {
            int category = RankerFeatures.CategoryOf(ranker.Rows[i], data, scratch);
            if (category != ItemCategories.None) share[i] = (float)categories.Count(category) / known;
        }
    }

    private static void OfVector(
        VersionData data, VectorSpace space, in SessionContext session, RequestScratch scratch)
    {
        RowMatrix vectors = space.Vectors.In;
        Span<float> user = scratch.Query.AsSpan(0, vectors.Dims);
        // A network's vectors are learned to meet OUT vectors: beside IN vectors they say something else in
        // every space. Its list is a feature; the likeness here is that of an average.
        UserVectorKind kind = data.UserModel?.Served is { } served and not UserVectorKind.Encoder
            ? served : UserVectorKind.Mix;
        if (CustomerProfile.Vector(data, kind, session, scratch, user) == ProfileBasis.Popularity) return;
        RankerScratch ranker = scratch.Ranker;
        Span<float> cosine = ranker.Column(PlaceOf(Extra.CosineToUser));
        for (int i = 0; i < ranker.Count; i++)
        {
            if (ranker.Rows[i] < vectors.Rows)
                cosine[i] = RankerFeatures.Finite(VectorMath.Dot(user, vectors[ranker.Rows[i]]));
        }
    }

    private static void OfTraits(
        VersionData data, TraitTable traits, in SessionContext session, RequestScratch scratch)
    {
        ReadOnlySpan<float> profile = TraitSource.Profile(data, traits, session, scratch);
        RankerScratch ranker = scratch.Ranker;
        Span<float> affinity = ranker.Column(PlaceOf(Extra.TraitAffinity));
        for (int i = 0; i < ranker.Count; i++)
        {
            if (ranker.Rows[i] >= data.RowCount) continue; // in no trait
            affinity[i] = RankerFeatures.Finite(
                VectorMath.Dot(profile, traits.LoadingsOf(ranker.Rows[i])));
        }
    }

    private static float HoursBetween(long now, long then) =>
        now == TrainingSet.NoTime || then == TrainingSet.NoTime ? 0 : Math.Max(0, (now - then) / MsPerHour);

    private static float LogHours(long now, long then) => MathF.Log(1 + HoursBetween(now, then));

    /// <summary>1 / (1 + hours): 1 for now, near 0 for long ago.</summary>
    private static float Recency(long now, long then) => 1 / (1 + HoursBetween(now, then));
}
