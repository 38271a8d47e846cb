using System.Text;
using EmbedEngine.Pipelines.People;
using EmbedEngine.Profiles;
using EmbedEngine.Recommendation;
using EmbedEngine.Storage;

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

    /// <summary>Enough dimensions for four traits, and epochs that bring segments into vectors.</summary>
    private static (string Name, string Value)[] OnVectors =>
        [("traits_on", "vectors"), ("dimensions", "32"), ("epochs", "20")];

    [Fact]
    public void SimilarUsers_ByTraitsOfVectors_SharedTasteIsNearerThanNone()
    {
        PeopleShop.Make(_scratch, customers: 40, visits: 12, settings: OnVectors);
        using Engine engine = _scratch.Open();
        long time = (PeopleShop.Start + (90 * 86_400L)) * 1000;
        foreach ((string user, int[] items) in (IEnumerable<(string, int[])>)
            [("A", [1, 2, 3, 4, 5]), ("B", [1, 2, 22, 4, 25]), ("C", [61, 62, 63, 64, 65])])
        {
            foreach (int item in items) engine.Observe(user, $"{item}", "clicks", time += 1000);
        }
        float[] live = engine.Model!.Profile("B").Traits;
        engine.RefreshVersion(customersOnly: true);
        SimilarUserReport like = engine.Model!.SimilarUsers("A", 100);
        double Score(string user) => like.Users.First(u => u.User == user).Score;
        Assert.True(Score("B") > Score("C"), $"{Score("B")} and {Score("C")}");
        float[] trained = engine.Model!.Profile("B").Traits;
        for (int t = 0; t < live.Length; t++) Assert.Equal(live[t], trained[t], 1e-5);
    }

    [Fact]
    public void Traits_OfVectorsThatAreNotThere_AreLeftOut()
    {
        PeopleShop.Make(_scratch, settings: [("traits_on", "vectors"), ("method", "svd")]);
        using Engine engine = _scratch.Open();
        Assert.Null(engine.Model!.Served.Data.Traits);
        Assert.Empty(engine.Model!.Profile("c1").Traits);
        var fault = Assert.Throws<EmbedEngineException>(() => engine.Traits());
        Assert.Equal(ErrorCode.Unknown, fault.Code);
        Assert.Contains("has no item2vec vectors", fault.Message, StringComparison.Ordinal);
    }

    /// <summary>Traits made in other vectors than those beside them are refused.</summary>
    [Fact]
    public void TraitsOfVectors_BesideOtherVectors_AreRefused()
    {
        PeopleShop.Make(_scratch, settings: OnVectors);
        using Engine engine = _scratch.Open();
        VersionData data = engine.Model!.Served.Data;
        string copy = Path.Combine(_scratch.Root, "copy");
        Directory.CreateDirectory(copy);
        foreach (string file in Directory.GetFiles(data.Directory))
            File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
        using (VersionData.Open(FileSystem.Real, copy, data.Number, VerifyLevel.Header)) { }
        File.Delete(Path.Combine(copy, TraitTable.FileName + ArtifactNames.Extension));
        int rank = data.Traits!.Count;
        TraitTable.Write(new ArtifactSink(FileSystem.Real, copy, data.Number), new TraitContent
        {
            Rank = rank, Weights = new float[rank * data.RowCount], Mean = new float[rank], Customers = 60,
            OfVectors = data.Traits.OfVectors, VectorsDigest = "0123456789abcdef",
        });
        var fault = Assert.Throws<EmbedEngineException>(
            () => VersionData.Open(FileSystem.Real, copy, data.Number, VerifyLevel.Header));
        Assert.Equal(ErrorCode.VersionMismatch, fault.Code);
        Assert.Contains("traits was made in another item space", fault.Message, StringComparison.Ordinal);
    }

    /// <summary>The source, and a bundle without histories, go by them as by traits of items.</summary>
    [Fact]
    public void TraitsOfVectors_Propose_AlsoInABundle()
    {
        PeopleShop.Make(_scratch, customers: 100, visits: 12, settings: OnVectors);
        string path = Path.Combine(_scratch.Root, "shop.eeb");
        var options = new RecommendOptions { Source = CandidateSourceKind.Traits };
        var results = new RecommendedItem[20];
        using (Engine engine = _scratch.Open())
        {
            int count = engine.RecommendUser("c2", [], results, options).Count;
            int own = results.AsSpan(0, count).ToArray().Count(r => r.Item / PeopleShop.ItemsEach == 2);
            Assert.True(own > count * 0.7, $"{own} of {count} are of the customer's segment");
            engine.Model!.WriteBundle(path);
        }
        using Model bundle = Model.OpenBundle(path, VerifyLevel.Full);
        int answered = bundle.Recommend([new SessionEvent(41), new SessionEvent(45)], results, options).Count;
        int near = results.AsSpan(0, answered).ToArray().Count(r => r.Item / PeopleShop.ItemsEach == 2);
        Assert.True(near > answered * 0.7, $"{near} of {answered} are of the session's segment");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Traits_RecoverSegments_SumToOne_AndLiveEqualsTrained(bool ofVectors)
    {
        const int Segments = 4;
        PeopleShop.Make(
            _scratch, Segments, customers: 100, visits: 12, settings: ofVectors ? OnVectors : []);
        using Engine engine = _scratch.Open();
        Assert.Equal(ofVectors, engine.Model!.Served.Data.Traits!.OfVectors is not null);
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
            Assert.True(data.Histories!.TryFind(Encoding.UTF8.GetBytes($"c{c}"), out int number));
            float[] trained = data.Customers!.ProfileOf(number).ToArray();
            for (int t = 0; t < Segments; t++) Assert.Equal(trained[t], profile[t], 1e-5);
        }
        Assert.True(AdjustedRand(found, planted) >= 0.8, $"{AdjustedRand(found, planted)}");
    }

    /// <summary>
    /// A thousand events a customer: of them the latest hundred are kept, and nobody is without a profile.
    /// </summary>
    [Fact]
    public void Profiles_OfAHundredCustomersOfAThousandEvents_SumToOne_AndLiveEqualsTrained()
    {
        const int Customers = 100, Visits = 100, EventsEach = 10, Traits = 16;
        using Engine engine = _scratch.Open();
        engine.Import(EventSource.Columns(ManyEvents(Customers, Visits, EventsEach, Traits)));
        Assert.Equal(Customers * Visits * EventsEach, engine.Info().Events);
        engine.Train(StoreScratch.Tiny(settings: [("traits", $"{Traits}"), ("min_count", "1")]));
        VersionData data = engine.Model!.Served.Data;
        Assert.Equal(Customers, data.Customers!.Count);
        for (int c = 0; c < Customers; c++)
        {
            UserProfile live = engine.Model!.Profile($"{c}");
            Assert.Equal(100, live.Events);
            Assert.Equal(Fallback.None, live.Fallback);
            Assert.True(data.Histories!.TryFind(Encoding.UTF8.GetBytes($"{c}"), out int number));
            float[] trained = data.Customers.ProfileOf(number).ToArray();
            foreach (float[] profile in (float[][])[live.Traits, trained])
            {
                Assert.Equal(Traits, profile.Length);
                Assert.All(profile, share => Assert.InRange(share, 0, 1));
                Assert.Equal(1, profile.Sum(x => (double)x), 1e-6);
            }
            for (int t = 0; t < Traits; t++) Assert.Equal(trained[t], live.Traits[t], 1e-5);
        }
    }

    /// <summary>A visit a day; most of what a customer does lies in one or two segments of items.</summary>
    private static EventColumns ManyEvents(int customers, int visits, int eventsEach, int segments)
    {
        var random = new Random(3);
        int count = customers * visits * eventsEach;
        long[] items = new long[count], users = new long[count], times = new long[count];
        for (int at = 0; at < count; at++)
        {
            int customer = at / eventsEach % customers, visit = at / eventsEach / customers;
            int segment = random.Next(10) == 0 ? random.Next(segments)
                : (customer + (visit % 2 * (customer / segments))) % segments;
            items[at] = (segment * PeopleShop.ItemsEach) + random.Next(PeopleShop.ItemsEach);
            users[at] = customer;
            times[at] = (PeopleShop.Start + (visit * 86_400L) + (customer * 60) + (at % eventsEach)) * 1000;
        }
        return new EventColumns { Items = items, Users = users, TimesMs = times };
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
