using EmbedEngine.Pipelines.People;

namespace EmbedEngine.Tests.Pipelines.People;

/// <summary>Traits, profiles and who is like whom, on planted customers.</summary>
public sealed class CustomerTests : IDisposable
{
    private readonly StoreScratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    public static TheoryData<UserVectorKind> Kinds =>
        [.. Enum.GetValues<UserVectorKind>().Where(
            k => k is not (UserVectorKind.Attention or UserVectorKind.Encoder))];

    /// <summary>Electronics; electronics and some of the next segment; another segment.</summary>
    [Theory]
    [MemberData(nameof(Kinds))]
    public void SimilarUsers_SharedTaste_IsNearerThanNone_ByEveryAggregation(UserVectorKind kind)
    {
        PeopleShop.Make(_scratch, customers: 40);
        using Engine engine = _scratch.Open();
        long time = (PeopleShop.Start + (90 * 86_400L)) * 1000;
        void Likes(string user, params int[] items)
        {
            foreach (int item in items) engine.Observe(user, $"{item}", "clicks", time += 1000);
        }
        for (int round = 0; round < 3; round++)
        {
            Likes("A", 1, 2, 3, 4, 5);
            Likes("B", 1, 2, 22, 4, 25);
            Likes("C", 61, 62, 63, 64, 65);
        }
        engine.RefreshVersion(customersOnly: true);
        SimilarUserReport like = engine.Model!.SimilarUsers("A", 100, UserLikeness.Vector, kind);
        double Score(string user) => like.Users.First(u => u.User == user).Score;
        Assert.True(Score("B") > Score("C"), $"{kind}: {Score("B")} and {Score("C")}");
        if (kind != UserVectorKind.Served) return;
        like = engine.Model!.SimilarUsers("A", 100);
        Assert.True(Score("B") > Score("C"), $"traits: {Score("B")} and {Score("C")}");
        Assert.DoesNotContain(like.Users, u => u.User == "A");
    }

    [Fact]
    public void Traits_RecoverSegments_SumToOne_AndLiveEqualsTrained()
    {
        const int Segments = 4;
        PeopleShop.Make(_scratch, Segments, customers: 100, visits: 12);
        using Engine engine = _scratch.Open();
        TraitReport report = engine.Traits();
        Assert.Equal(Segments, report.Traits.Count);
        Assert.Equal(100, report.Customers);
        Assert.True(report.Stability > 0.9, $"{report.Stability}");
        foreach (Trait trait in report.Traits)
        {
            Assert.StartsWith("segment ", trait.Name, StringComparison.Ordinal);
            Assert.NotEmpty(trait.Tokens);
            Assert.NotEmpty(trait.Customers);
            Assert.True(trait.Categories[0].Lift > 2);
        }
        Assert.Equal(1, report.Traits.Sum(t => t.Share), 1e-4);
        var found = new int[100];
        var planted = new int[100];
        for (int c = 0; c < 100; c++)
        {
            float[] profile = engine.Model!.Profile($"c{c}").Traits;
            Assert.Equal(1, profile.Sum(x => (double)x), 1e-6);
            found[c] = Array.IndexOf(profile, profile.Max());
            planted[c] = c % Segments;
            // The profile of the table of customers is the live one.
            var data = engine.Model!.Served.Data;
            Assert.True(data.Histories!.TryFind(System.Text.Encoding.UTF8.GetBytes($"c{c}"), out int number));
            float[] trained = data.Customers!.ProfileOf(number).ToArray();
            for (int t = 0; t < Segments; t++) Assert.Equal(trained[t], profile[t], 1e-5);
        }
        Assert.True(AdjustedRand(found, planted) >= 0.8, $"{AdjustedRand(found, planted)}");
    }

    /// <summary>Hubert and Arabie 1985.</summary>
    private static double AdjustedRand(int[] a, int[] b)
    {
        static double Pairs(long n) => n * (n - 1) / 2.0;
        double together = a.Zip(b).GroupBy(p => p).Sum(g => Pairs(g.Count()));
        double inA = a.GroupBy(x => x).Sum(g => Pairs(g.Count()));
        double inB = b.GroupBy(x => x).Sum(g => Pairs(g.Count()));
        double expected = inA * inB / Pairs(a.Length);
        return (together - expected) / (((inA + inB) / 2) - expected);
    }

    [Fact]
    public void Profile_SaysWhereItBelongs_AndRefusesWhatIsNotThere()
    {
        PeopleShop.Make(_scratch, settings: [("user_vector", "mix")]);
        using Engine engine = _scratch.Open();
        UserProfile profile = engine.Model!.Profile("c3");
        Assert.Equal(8, profile.Vector.Length);
        Assert.Equal(1, Math.Sqrt(profile.Vector.Sum(x => x * x)), 1e-5);
        Assert.Equal(1, profile.DependsOn);
        Assert.Equal("item2vec", profile.Space);
        Assert.Equal(UserVectorKind.Mix, profile.Kind);
        EmbedEngineException e = Assert.Throws<EmbedEngineException>(
            () => engine.Model!.Profile("c3", UserVectorKind.Encoder));
        Assert.Equal(ErrorCode.Unknown, e.Code);
        Assert.Contains("encoder", e.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => engine.Model!.Profile(""));
        Assert.Throws<ArgumentException>(() => engine.Model!.Profile(new string('x', 5000)));
    }

    /// <summary>A log that names no users has none of it, and says so.</summary>
    [Fact]
    public void WithoutUsers_EverythingSaysSo()
    {
        _scratch.MakeTrained();
        using Engine engine = _scratch.Open();
        Assert.Equal(0, engine.Model!.UserCount);
        Assert.Equal(ErrorCode.Unknown, Assert.Throws<EmbedEngineException>(() => engine.Traits()).Code);
        Assert.Equal(ErrorCode.Unknown,
            Assert.Throws<EmbedEngineException>(() => engine.Model!.SimilarUsers("1")).Code);
        var results = new RecommendedItem[5];
        Assert.Equal(Fallback.Popularity, engine.RecommendUser("1", [], results).Fallback);
    }

    /// <summary>What people did does not leave the store in a bundle.</summary>
    [Fact]
    public void Bundle_HoldsNoHistories()
    {
        PeopleShop.Make(_scratch);
        string path = Path.Combine(_scratch.Root, "shop.eeb");
        using (Engine engine = _scratch.Open())
        {
            BundleReport report = engine.Model!.WriteBundle(path);
            Assert.DoesNotContain("histories", report.Artifacts);
            Assert.DoesNotContain("customers", report.Artifacts);
            Assert.Contains("traits", report.Artifacts);
        }
        using Model bundle = Model.OpenBundle(path);
        Assert.Equal(0, bundle.UserCount);
        var results = new RecommendedItem[5];
        Assert.Equal(Fallback.Session, bundle.RecommendUser("c1", [new SessionEvent(3)], results).Fallback);
    }
}
