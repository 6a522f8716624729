package clinic;

import ca.uhn.fhir.batch2.jobs.config.Batch2JobsConfig;
import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.context.support.IValidationSupport;
import ca.uhn.fhir.jpa.api.config.JpaStorageSettings;
import ca.uhn.fhir.jpa.api.config.JpaStorageSettings.ClientIdStrategyEnum;
import ca.uhn.fhir.jpa.api.config.ThreadPoolFactoryConfig;
import ca.uhn.fhir.jpa.api.dao.DaoRegistry;
import ca.uhn.fhir.jpa.api.dao.IFhirSystemDao;
import ca.uhn.fhir.jpa.batch2.JpaBatch2Config;
import ca.uhn.fhir.jpa.config.HapiJpaConfig;
import ca.uhn.fhir.jpa.config.r4.JpaR4Config;
import ca.uhn.fhir.jpa.config.util.HapiEntityManagerFactoryUtil;
import ca.uhn.fhir.jpa.model.config.PartitionSettings;
import ca.uhn.fhir.jpa.model.config.SubscriptionSettings;
import ca.uhn.fhir.jpa.model.dialect.HapiFhirH2Dialect;
import ca.uhn.fhir.jpa.provider.JpaCapabilityStatementProvider;
import ca.uhn.fhir.jpa.provider.JpaSystemProvider;
import ca.uhn.fhir.jpa.search.DatabaseBackedPagingProvider;
import ca.uhn.fhir.jpa.subscription.channel.config.SubscriptionChannelConfig;
import ca.uhn.fhir.rest.server.HardcodedServerAddressStrategy;
import ca.uhn.fhir.rest.server.RestfulServer;
import ca.uhn.fhir.rest.server.provider.ResourceProviderFactory;
import ca.uhn.fhir.rest.server.util.ISearchParamRegistry;
import jakarta.persistence.EntityManagerFactory;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import javax.sql.DataSource;
import org.apache.commons.dbcp2.BasicDataSource;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.Environment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.orm.jpa.JpaTransactionManager;
import org.springframework.orm.jpa.LocalContainerEntityManagerFactoryBean;
import org.springframework.transaction.annotation.EnableTransactionManagement;

/** The HAPI FHIR JPA server, R4, on H2 in memory, with HAPI's default settings. */
@Configuration
@EnableTransactionManagement
@Import({
  JpaR4Config.class,
  HapiJpaConfig.class,
  JpaBatch2Config.class,
  Batch2JobsConfig.class,
  ThreadPoolFactoryConfig.class,
  SubscriptionChannelConfig.class
})
public class JpaServer {
  /** Starts a server on the database {@code name}; {@code clientIds} is HAPI's strategy for ids that clients choose. */
  static RestfulServer start(String name, ClientIdStrategyEnum clientIds) {
    return start(name, clientIds, new Properties());
  }

  /** Starts a server with {@code settings} of HAPI's starter, named as there. */
  static RestfulServer start(String name, ClientIdStrategyEnum clientIds, Properties settings) {
    var spring = new AnnotationConfigApplicationContext();
    var values = new HashMap<String, Object>(Map.of("peers.database", name, "peers.clientIds", clientIds.name()));
    settings.forEach((setting, value) -> values.put("peers." + setting, value));
    spring.getEnvironment().getPropertySources().addFirst(new MapPropertySource("peers", values));
    spring.register(JpaServer.class);
    spring.refresh();
    return spring.getBean(RestfulServer.class);
  }

  @Bean
  JpaStorageSettings storageSettings(Environment environment) {
    var settings = new JpaStorageSettings();
    // The one setting in which two of the servers differ; ALPHANUMERIC is the default.
    settings.setResourceClientIdStrategy(ClientIdStrategyEnum.valueOf(environment.getRequiredProperty("peers.clientIds")));
    return settings;
  }

  @Bean
  PartitionSettings partitionSettings() {
    return new PartitionSettings();
  }

  @Bean
  SubscriptionSettings subscriptionSettings() {
    return new SubscriptionSettings();
  }

  @Bean
  DataSource dataSource(Environment environment) {
    var pool = new BasicDataSource();
    pool.setUrl("jdbc:h2:mem:" + environment.getRequiredProperty("peers.database") + ";DB_CLOSE_DELAY=-1");
    pool.setUsername("sa");
    return pool;
  }

  @Bean
  LocalContainerEntityManagerFactoryBean entityManagerFactory(
      ConfigurableListableBeanFactory beans, FhirContext context, JpaStorageSettings settings, DataSource database) {
    var factory = HapiEntityManagerFactoryUtil.newEntityManagerFactory(beans, context, settings);
    factory.setPersistenceUnitName("HAPI_PU");
    factory.setDataSource(database);
    factory.setJpaPropertyMap(
        Map.of(
            "hibernate.dialect", HapiFhirH2Dialect.class.getName(),
            "hibernate.hbm2ddl.auto", "update",
            "hibernate.search.enabled", "false"));
    return factory;
  }

  @Bean
  JpaTransactionManager transactionManager(EntityManagerFactory factory) {
    return new JpaTransactionManager(factory);
  }

  @Bean
  RestfulServer fhir(
      FhirContext context,
      ResourceProviderFactory resources,
      JpaSystemProvider<?, ?> system,
      IFhirSystemDao<?, ?> systemDao,
      JpaStorageSettings settings,
      ISearchParamRegistry parameters,
      IValidationSupport validation,
      DatabaseBackedPagingProvider paging,
      DaoRegistry types,
      Environment environment) {
    var fhir = new RestfulServer(context);
    var supported = environment.getProperty("peers.supported_resource_types");
    if (supported != null) {
      types.setSupportedResourceTypes(List.of((supported + ",SearchParameter").split(",")));
    }
    var address = environment.getProperty("peers.server_address");
    if (address != null) {
      fhir.setServerAddressStrategy(new HardcodedServerAddressStrategy(address));
    }
    fhir.registerProviders(resources.createProviders());
    fhir.registerProvider(system);
    fhir.setServerConformanceProvider(
        new JpaCapabilityStatementProvider(fhir, systemDao, settings, parameters, validation));
    // As in HAPI's JPA server starter, the form in which sites run it.
    paging.setDefaultPageSize(20);
    paging.setMaximumPageSize(200);
    fhir.setPagingProvider(paging);
    return fhir;
  }
}
